package dev.slipway.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** Writes the JSON Schemas (2020-12) of records and keeps them by name. Used on one thread. */
final class RecordSchemas {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Which way a record goes: what may be left out is not the same. */
  enum Direction {
    REQUEST,
    RESPONSE
  }

  private final Json json;
  private final Map<String, ObjectNode> byName = new TreeMap<>();
  private final Map<String, Class<?>> owners = new TreeMap<>();

  RecordSchemas(Json json) {
    this.json = json;
  }

  /** Returns every schema referred to so far. */
  ObjectNode all() {
    ObjectNode all = NODES.objectNode();
    byName.forEach(all::set);
    return all;
  }

  /** Returns a reference to the schema of a record, which it writes if it is new. */
  ObjectNode reference(Class<? extends Record> type, Direction direction) {
    return reference(json.shape(type), direction);
  }

  private ObjectNode reference(Shape.Struct shape, Direction direction) {
    String name = shape.type().getSimpleName();
    Class<?> owner = owners.putIfAbsent(name, shape.type());
    if (owner == null) {
      byName.put(name, struct(shape, direction));
    } else if (owner != shape.type()) {
      throw new IllegalStateException("Two records are named " + name);
    }
    return NODES.objectNode().put("$ref", "#/components/schemas/" + name);
  }

  private ObjectNode struct(Shape.Struct shape, Direction direction) {
    ObjectNode node = NODES.objectNode().put("type", "object");
    ObjectNode properties = node.putObject("properties");
    ArrayNode required = NODES.arrayNode();
    for (Shape.Member member : shape.members()) {
      if (member.rules().in() != Field.Place.BODY) {
        continue;
      }
      ObjectNode property = schema(member.shape(), member.rules(), direction);
      boolean absent = member.shape() instanceof Shape.Maybe;
      if (!absent || (direction == Direction.RESPONSE && member.rules().nullable())) {
        required.add(member.name());
      }
      properties.set(member.name(), property);
    }
    if (!required.isEmpty()) {
      node.set("required", required);
    }
    return node;
  }

  /** Returns the schema of a shape under its rules. */
  ObjectNode schema(Shape shape, Field rules, Direction direction) {
    ObjectNode node =
        switch (shape) {
          case Shape.Text text -> text(rules);
          case Shape.Whole whole -> {
            ObjectNode number = NODES.objectNode().put("type", "integer");
            number.put("format", whole.wide() ? "int64" : "int32");
            yield bounds(number, rules);
          }
          case Shape.Decimal decimal -> bounds(NODES.objectNode().put("type", "number"), rules);
          case Shape.Flag flag -> NODES.objectNode().put("type", "boolean");
          case Shape.Moment moment ->
              NODES.objectNode().put("type", "string").put("format", "date-time");
          case Shape.Any any -> NODES.objectNode();
          case Shape.ListOf list -> {
            ObjectNode array = NODES.objectNode().put("type", "array");
            array.set("items", schema(list.item(), Shape.Unruled.FIELD, direction));
            if (rules.minLength() > 0) {
              array.put("minItems", rules.minLength());
            }
            if (rules.maxLength() < Integer.MAX_VALUE) {
              array.put("maxItems", rules.maxLength());
            }
            yield array;
          }
          case Shape.MapOf map -> {
            ObjectNode object = NODES.objectNode().put("type", "object");
            object.set("additionalProperties", schema(map.value(), Shape.Unruled.FIELD, direction));
            yield object;
          }
          case Shape.Maybe maybe -> maybe(maybe, rules, direction);
          case Shape.Struct struct -> reference(struct, direction);
          case Shape.Union union -> {
            ObjectNode either = NODES.objectNode();
            ArrayNode alternatives = either.putArray("anyOf");
            for (Shape.Struct alternative : union.alternatives()) {
              Shape.Member only = alternative.members().getFirst();
              alternatives.add(schema(only.shape(), only.rules(), direction));
            }
            yield either;
          }
        };
    if (!rules.value().isEmpty()) {
      node.put("description", rules.value());
    }
    if (!rules.example().isEmpty()) {
      try {
        node.putArray("examples").add(json.mapper().readTree(rules.example()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("An example that is no JSON: " + rules.example(), e);
      }
    }
    return node;
  }

  private ObjectNode maybe(Shape.Maybe maybe, Field rules, Direction direction) {
    ObjectNode inner = schema(maybe.shape(), rules, direction);
    if (maybe.shape() instanceof Shape.Any
        || (direction == Direction.RESPONSE && !rules.nullable())) {
      return inner;
    }
    inner.remove("description");
    inner.remove("examples");
    ObjectNode either = NODES.objectNode();
    either.putArray("anyOf").add(inner).add(NODES.objectNode().put("type", "null"));
    return either;
  }

  private static ObjectNode text(Field rules) {
    ObjectNode text = NODES.objectNode().put("type", "string");
    if (rules.minLength() > 0) {
      text.put("minLength", rules.minLength());
    }
    if (rules.maxLength() < Integer.MAX_VALUE) {
      text.put("maxLength", rules.maxLength());
    }
    if (rules.oneOf().length > 0) {
      ArrayNode values = text.putArray("enum");
      for (String value : rules.oneOf()) {
        values.add(value);
      }
    }
    return text;
  }

  private static ObjectNode bounds(ObjectNode number, Field rules) {
    if (rules.minimum() > Double.NEGATIVE_INFINITY) {
      number.set("minimum", Violation.node(rules.minimum()));
    }
    if (rules.maximum() < Double.POSITIVE_INFINITY) {
      number.set("maximum", Violation.node(rules.maximum()));
    }
    return number;
  }
}
