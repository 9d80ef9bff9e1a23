package dev.slipway.manifest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A list of different items.
 *
 * @param item what each is
 * @param least how many there are at least
 * @param most how many there are at most
 */
record ListType<T>(Type<T> item, int least, int most) implements Type<List<T>> {

  @Override
  public Optional<List<T>> read(Element element, Findings findings) {
    if (!(element instanceof Element.Sequence(var path, var line, var items))) {
      return unfit(element, findings);
    }
    if (items.size() < least || items.size() > most) {
      findings.add(path, line, "must be " + words() + ", has " + items.size() + " items");
      return Optional.empty();
    }
    List<T> values = new ArrayList<>();
    for (Element each : items) {
      Optional<T> value = item.read(each, findings);
      if (value.filter(values::contains).isPresent()) {
        findings.add(each, "is in the list already");
      }
      value.ifPresent(values::add);
    }
    return values.size() == items.size() ? Optional.of(List.copyOf(values)) : Optional.empty();
  }

  @Override
  public String words() {
    return "a list of %s%d, each %s"
        .formatted(least > 0 ? least + " to " : "at most ", most, item.words());
  }

  @Override
  public ObjectNode schema() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "array");
    schema.set("items", item.schema());
    if (least > 0) {
      schema.put("minItems", least);
    }
    return schema.put("maxItems", most).put("uniqueItems", true);
  }

  @Override
  public List<Described> inside(String path) {
    return item.inside(path + "[]");
  }
}
