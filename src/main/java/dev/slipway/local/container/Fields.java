package dev.slipway.local.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Reads the fields of a JSON object, each with its bounds; null counts as absent.
 *
 * @param prefix goes before a field's name in messages: empty, or {@code parameters.}
 */
record Fields(JsonNode object, String prefix) {
  private static final int MAX_STOPS = 32;
  private static final int MAX_STOP_CHARACTERS = 1_024;

  /** Returns whether the field is there, and not null. */
  boolean has(String name) {
    return object.hasNonNull(name);
  }

  /** Returns a number between two bounds, both included. */
  OptionalDouble number(String name, double least, double most) {
    if (!has(name)) {
      return OptionalDouble.empty();
    }
    JsonNode node = object.get(name);
    double value = node.doubleValue();
    if (!node.isNumber() || !(value >= least && value <= most)) {
      throw wrong(name, "a number from " + plain(least) + " to " + plain(most));
    }
    return OptionalDouble.of(value);
  }

  /** Returns a whole number between two bounds, both included. */
  OptionalInt integer(String name, int least, int most) {
    if (!has(name)) {
      return OptionalInt.empty();
    }
    JsonNode node = object.get(name);
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < least
        || node.intValue() > most) {
      throw wrong(
          name,
          most == Integer.MAX_VALUE
              ? "a whole number, at least " + least
              : "a whole number from " + least + " to " + most);
    }
    return OptionalInt.of(node.intValue());
  }

  /** Returns a whole number of 64 bits. */
  OptionalLong whole(String name) {
    if (!has(name)) {
      return OptionalLong.empty();
    }
    JsonNode node = object.get(name);
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw wrong(name, "a whole number of 64 bits");
    }
    return OptionalLong.of(node.longValue());
  }

  /** Returns a truth value, or the given one where there is none. */
  boolean flag(String name, boolean otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    JsonNode node = object.get(name);
    if (!node.isBoolean()) {
      throw wrong(name, "true or false");
    }
    return node.booleanValue();
  }

  /** Returns a text. */
  Optional<String> text(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    JsonNode node = object.get(name);
    if (!node.isTextual()) {
      throw wrong(name, "a text");
    }
    return Optional.of(wellFormed(node.textValue()));
  }

  /** Returns the texts of a field that holds one, or a list of at least one. */
  List<String> texts(String name) {
    JsonNode node = object.get(name);
    if (node.isTextual()) {
      return List.of(wellFormed(node.textValue()));
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : node) {
      if (!node.isArray() || !item.isTextual()) {
        throw wrong(name, "a text or a list of texts");
      }
      texts.add(wellFormed(item.textValue()));
    }
    if (texts.isEmpty()) {
      throw wrong(name, "a text or a list of at least one text");
    }
    return texts;
  }

  /** Returns the stop texts. */
  List<String> stops(String name) {
    if (!has(name) || (object.get(name).isArray() && object.get(name).isEmpty())) {
      return List.of();
    }
    List<String> stops = texts(name);
    for (String stop : stops) {
      if (stop.isEmpty() || stop.length() > MAX_STOP_CHARACTERS || stops.size() > MAX_STOPS) {
        throw wrong(
            name,
            "at most " + MAX_STOPS + " texts of 1 to " + MAX_STOP_CHARACTERS + " characters each");
      }
    }
    return stops;
  }

  /** Returns an object's fields; an absent object has none. */
  Fields inner(String name) {
    JsonNode node = object.path(name);
    if (has(name) && !node.isObject()) {
      throw wrong(name, "an object");
    }
    return new Fields(node, prefix + name + ".");
  }

  /** Makes the refusal of a field that is not what it should be. */
  RequestProblem wrong(String name, String expected) {
    JsonNodeType type = object.path(name).getNodeType();
    String found =
        switch (type) {
          case NUMBER -> object.get(name).asText();
          case ARRAY, BINARY, BOOLEAN, MISSING, NULL, OBJECT, POJO, STRING ->
              type.name().toLowerCase(Locale.ROOT);
        };
    return RequestProblem.bad(
        prefix + name, prefix + name + ": must be " + expected + ", is " + found + ".");
  }

  /** Replaces halves of characters, which JSON's escapes can write and UTF-8 can't. */
  static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static String plain(double bound) {
    return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
  }
}
