package dev.slipway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.slipway.api.Violation.Step;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request into its record and notes everything that is wrong with it, as pydantic v2 does
 * in its lax mode: a text that is a number is a number, unknown keys are ignored. Used once.
 */
final class RecordReader {
  private final List<Violation> violations = new ArrayList<>();
  private final ScalarReader scalars = new ScalarReader(violations);

  /**
   * Reads a request.
   *
   * @param body absent where the route takes none
   * @throws Invalid with everything that is wrong
   */
  static Record read(
      Shape.Struct shape,
      Optional<JsonNode> body,
      Map<String, String> query,
      Map<String, String> path) {
    RecordReader reader = new RecordReader();
    if (body.isPresent() && !body.get().isObject()) {
      throw new Invalid(List.of(notAnObject(List.of(new Step.Key("body")))));
    }
    @Nullable Object[] values = new Object[shape.members().size()];
    for (int i = 0; i < values.length; i++) {
      Shape.Member member = shape.members().get(i);
      @Nullable JsonNode node =
          switch (member.rules().in()) {
            case BODY -> body.map(each -> each.get(member.name())).orElse(null);
            case QUERY -> text(query.get(member.name()));
            case PATH -> text(path.get(member.name()));
          };
      String place =
          switch (member.rules().in()) {
            case BODY -> "body";
            case QUERY -> "query";
            case PATH -> "path";
          };
      List<Step> loc = List.of(new Step.Key(place), new Step.Key(member.name()));
      values[i] = reader.value(member.shape(), member.rules(), node, loc);
    }
    @Nullable Object made = reader.made(shape, values, List.of(new Step.Key("body")));
    if (made == null) {
      throw new Invalid(reader.violations);
    }
    return (Record) made;
  }

  private static @Nullable JsonNode text(@Nullable String value) {
    return value == null ? null : TextNode.valueOf(value);
  }

  private static Violation notAnObject(List<Step> loc) {
    return Violation.of(
        loc,
        "model_attributes_type",
        "Input should be a valid dictionary or object to extract fields from");
  }

  /** Returns the value, or null after noting what is wrong with it. */
  private @Nullable Object value(
      Shape shape, Field rules, @Nullable JsonNode node, List<Step> loc) {
    if (shape instanceof Shape.Maybe maybe) {
      if (node == null || node.isNull()) {
        return absent(maybe.absence());
      }
      Object value = value(maybe.shape(), rules, node, loc);
      return value == null ? null : present(maybe.absence(), value);
    }
    if (node == null) {
      return wrong(Violation.missing(loc));
    }
    return switch (shape) {
      case Shape.Maybe maybe -> throw new IllegalStateException("read above");
      case Shape.Text text -> scalars.text(rules, node, loc);
      case Shape.Whole whole -> scalars.whole(whole, rules, node, loc);
      case Shape.Decimal decimal -> scalars.decimal(rules, node, loc);
      case Shape.Flag flag -> scalars.flag(node, loc);
      case Shape.Moment moment -> scalars.moment(node, loc);
      case Shape.Any any -> node;
      case Shape.ListOf list -> list(list, rules, node, loc);
      case Shape.MapOf map -> map(map, node, loc);
      case Shape.Struct struct -> struct(struct, node, loc);
      case Shape.Union union -> union(union, rules, node, loc);
    };
  }

  private @Nullable Object wrong(Violation violation) {
    violations.add(violation);
    return null;
  }

  private @Nullable Object list(Shape.ListOf shape, Field rules, JsonNode node, List<Step> loc) {
    if (!node.isArray()) {
      return wrong(Violation.of(loc, "list_type", "Input should be a valid list"));
    }
    if (node.size() < rules.minLength()) {
      return wrong(
          Violation.number(
                  loc, "too_short", "List should have at least", "min_length", rules.minLength())
              .ending(" item after validation, not " + node.size()));
    }
    if (node.size() > rules.maxLength()) {
      return wrong(
          Violation.number(
                  loc, "too_long", "List should have at most", "max_length", rules.maxLength())
              .ending(" items after validation, not " + node.size()));
    }
    int before = violations.size();
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      Object item =
          value(
              shape.item(),
              Shape.Unruled.FIELD,
              node.get(i),
              Violation.below(loc, new Step.Index(i)));
      if (item != null) {
        items.add(item);
      }
    }
    return violations.size() == before ? items : null;
  }

  private @Nullable Object map(Shape.MapOf shape, JsonNode node, List<Step> loc) {
    if (!node.isObject()) {
      return wrong(Violation.of(loc, "dict_type", "Input should be a valid dictionary"));
    }
    int before = violations.size();
    Map<String, Object> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      Object value =
          value(
              shape.value(),
              Shape.Unruled.FIELD,
              each.getValue(),
              Violation.below(loc, new Step.Key(each.getKey())));
      if (value != null) {
        values.put(each.getKey(), value);
      }
    }
    return violations.size() == before ? values : null;
  }

  private @Nullable Object struct(Shape.Struct shape, JsonNode node, List<Step> loc) {
    if (!node.isObject()) {
      return wrong(notAnObject(loc));
    }
    @Nullable Object[] values = new Object[shape.members().size()];
    for (int i = 0; i < values.length; i++) {
      Shape.Member member = shape.members().get(i);
      values[i] =
          value(
              member.shape(),
              member.rules(),
              node.get(member.name()),
              Violation.below(loc, new Step.Key(member.name())));
    }
    return made(shape, values, loc);
  }

  private @Nullable Object union(Shape.Union shape, Field rules, JsonNode node, List<Step> loc) {
    for (Shape.Struct alternative : shape.alternatives()) {
      Shape.Member only = alternative.members().getFirst();
      if (fits(only.shape(), node)) {
        @Nullable Object[] values = {value(only.shape(), only.rules(), node, loc)};
        return made(alternative, values, loc);
      }
    }
    return value(shape.alternatives().getFirst().members().getFirst().shape(), rules, node, loc);
  }

  private static boolean fits(Shape shape, JsonNode node) {
    return switch (shape) {
      case Shape.Text text -> node.isTextual();
      case Shape.Moment moment -> node.isTextual();
      case Shape.Whole whole -> node.isNumber();
      case Shape.Decimal decimal -> node.isNumber();
      case Shape.Flag flag -> node.isBoolean();
      case Shape.ListOf list -> node.isArray();
      case Shape.MapOf map -> node.isObject();
      case Shape.Struct struct -> node.isObject();
      case Shape.Any any -> true;
      case Shape.Maybe maybe -> fits(maybe.shape(), node);
      case Shape.Union union -> false;
    };
  }

  private @Nullable Object made(Shape.Struct shape, @Nullable Object[] values, List<Step> loc) {
    if (Arrays.stream(values).anyMatch(value -> value == null)) {
      return null;
    }
    try {
      return shape.constructor().newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refusal) {
        return wrong(Violation.of(loc, "value_error", "Value error, " + refusal.getMessage()));
      }
      throw new IllegalStateException("Cannot make a " + shape.type(), e);
    } catch (InstantiationException | IllegalAccessException e) {
      throw new IllegalStateException("Cannot make a " + shape.type(), e);
    }
  }

  private static Object absent(Shape.Absence absence) {
    return switch (absence) {
      case OBJECT -> Optional.empty();
      case INT -> OptionalInt.empty();
      case LONG -> OptionalLong.empty();
      case DOUBLE -> OptionalDouble.empty();
    };
  }

  private static Object present(Shape.Absence absence, Object value) {
    return switch (absence) {
      case OBJECT -> Optional.of(value);
      case INT -> OptionalInt.of((Integer) value);
      case LONG -> OptionalLong.of((Long) value);
      case DOUBLE -> OptionalDouble.of((Double) value);
    };
  }
}
