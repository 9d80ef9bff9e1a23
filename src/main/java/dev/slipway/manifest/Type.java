package dev.slipway.manifest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * Says what a key may hold. The same object reads a value, describes it in a JSON Schema and names
 * it in messages and in the reference, so that none of these can say something else.
 *
 * @param <T> what is made of it
 */
sealed interface Type<T>
    permits ScalarType, OptionalType, ListType, MapType, ChoiceType, ObjectType {

  /** Reads an element; empty if a finding was added, or if the element is unknown. */
  Optional<T> read(Element element, Findings findings);

  /** Returns what is expected, to go after "must be". */
  String words();

  /** Returns a new JSON Schema; it takes whatever {@link #read} takes, and little more. */
  ObjectNode schema();

  /** Returns the keys inside of a value, where it has any. */
  default List<Described> inside(String path) {
    return List.of();
  }

  /**
   * A key with its whole path.
   *
   * @param path with {@code []} for the items of a list
   */
  record Described(String path, Key<?> key) {}

  /** Notes that an element is not of this type. */
  default <R> Optional<R> unfit(Element element, Findings findings) {
    if (!(element instanceof Element.Unknown)) {
      findings.add(element, "must be " + words() + ", is " + element.found());
    }
    return Optional.empty();
  }

  /** Returns a schema that takes what any of the given ones takes, without nesting choices. */
  static ObjectNode anyOf(List<ObjectNode> schemas) {
    ArrayNode choices = JsonNodeFactory.instance.arrayNode();
    for (ObjectNode schema : schemas) {
      if (schema.size() == 1 && schema.get("anyOf") instanceof ArrayNode nested) {
        nested.forEach(
            choice -> {
              if (!contains(choices, choice)) {
                choices.add(choice);
              }
            });
      } else {
        choices.add(schema);
      }
    }
    return JsonNodeFactory.instance.objectNode().set("anyOf", choices);
  }

  private static boolean contains(ArrayNode choices, Object wanted) {
    for (Object choice : choices) {
      if (choice.equals(wanted)) {
        return true;
      }
    }
    return false;
  }
}
