package dev.slipway.manifest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** A value, or {@code null} for none. */
record OptionalType<T>(Type<T> type) implements Type<Optional<T>> {

  @Override
  public Optional<Optional<T>> read(Element element, Findings findings) {
    if (element instanceof Element.Scalar scalar && isNothing(scalar)) {
      return Optional.of(Optional.empty());
    }
    Optional<T> value = type.read(element, findings);
    return value.isPresent() ? Optional.of(value) : Optional.empty();
  }

  private static boolean isNothing(Element.Scalar scalar) {
    return switch (scalar.kind()) {
      case NULL -> true;
      case SUBSTITUTED -> scalar.text().isEmpty() || scalar.text().equals("null");
      case TEXT, INTEGER, NUMBER, BOOLEAN -> false;
    };
  }

  @Override
  public String words() {
    return type.words() + ", or null";
  }

  @Override
  public ObjectNode schema() {
    return Type.anyOf(
        List.of(type.schema(), JsonNodeFactory.instance.objectNode().put("type", "null")));
  }

  @Override
  public List<Described> inside(String path) {
    return type.inside(path);
  }
}
