package dev.slipway.manifest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * A map whose keys the user chooses; nothing at all is an empty one.
 *
 * @param words what is expected
 * @param key what a key looks like
 * @param value what each key holds
 * @param most how many entries there are at most
 * @param objection why an entry is refused that has the right form; empty if it is not
 */
record MapType(
    String words,
    Pattern key,
    Type<String> value,
    int most,
    BiFunction<String, String, Optional<String>> objection)
    implements Type<Map<String, String>> {

  @Override
  public Optional<Map<String, String>> read(Element element, Findings findings) {
    if (element instanceof Element.Scalar scalar && scalar.kind() == Element.Kind.NULL) {
      return Optional.of(Map.of());
    }
    if (!(element instanceof Element.Mapping(var path, var line, var entries))) {
      return unfit(element, findings);
    }
    if (entries.size() > most) {
      findings.add(path, line, "must be " + words + ", has " + entries.size() + " entries");
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    entries.forEach(
        (name, held) -> {
          if (!key.matcher(name).matches()) {
            findings.add(held, "is no key here: " + words + "; keys match " + key);
            return;
          }
          Optional<String> text = value.read(held, findings);
          Optional<String> against = text.flatMap(plain -> objection.apply(name, plain));
          against.ifPresent(reason -> findings.add(held, reason));
          text.filter(plain -> against.isEmpty()).ifPresent(plain -> values.put(name, plain));
        });
    return values.size() == entries.size() ? Optional.of(Map.copyOf(values)) : Optional.empty();
  }

  @Override
  public ObjectNode schema() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    schema.putArray("type").add("object").add("null");
    schema.putObject("propertyNames").put("pattern", "^(" + key + ")$");
    schema.set("additionalProperties", value.schema());
    return schema.put("maxProperties", most);
  }

  /** Returns an objection to nothing. */
  static BiFunction<String, String, Optional<String>> none() {
    return (name, text) -> Optional.empty();
  }
}
