package dev.slipway.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A map with keys of its own.
 *
 * @param words what is expected
 * @param shape its keys
 * @param maker makes the value when every key could be read
 * @param objection why the value is refused although each key is right; empty if it is not
 */
record ObjectType<T>(
    String words,
    Shape shape,
    Function<Values, T> maker,
    Function<Values, Optional<String>> objection)
    implements Type<T> {

  @Override
  public Optional<T> read(Element element, Findings findings) {
    if (!(element instanceof Element.Mapping mapping)) {
      return unfit(element, findings);
    }
    Values values = shape.read(mapping, findings);
    values
        .missing()
        .forEach(
            key ->
                findings.add(
                    mapping.path() + "." + key.path(),
                    mapping.line(),
                    "is missing: must be " + key.type().words()));
    if (!values.isWhole()) {
      return Optional.empty();
    }
    Optional<String> against = objection.apply(values);
    against.ifPresent(reason -> findings.add(mapping, reason));
    return against.isEmpty() ? Optional.of(maker.apply(values)) : Optional.empty();
  }

  @Override
  public ObjectNode schema() {
    return shape.schema();
  }

  @Override
  public List<Described> inside(String path) {
    return shape.described().stream()
        .map(inner -> new Described(path + "." + inner.path(), inner.key()))
        .toList();
  }
}
