package dev.slipway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing wrong with a request, in the names and words of FastAPI (pydantic v2), which the
 * clients of such services already read.
 *
 * @param loc where: {@code body}, {@code query} or {@code path}, then keys and indices
 * @param msg what was expected
 * @param type the stable name of what is wrong
 * @param ctx the numbers and texts in the message; absent where there are none
 */
record Violation(List<Step> loc, String msg, String type, Optional<Map<String, JsonNode>> ctx) {

  /** One step on the way to a value. */
  sealed interface Step {
    /** A key of an object. */
    record Key(String value) implements Step {}

    /** An index of an array, or an offset in a text. */
    record Index(int value) implements Step {}
  }

  Violation {
    loc = List.copyOf(loc);
    ctx = ctx.map(Map::copyOf);
  }

  static Violation missing(List<Step> loc) {
    return new Violation(loc, "Field required", "missing", Optional.empty());
  }

  static Violation of(List<Step> loc, String type, String msg) {
    return new Violation(loc, msg, type, Optional.empty());
  }

  static Violation text(List<Step> loc, String type, String msg, String key, String value) {
    return new Violation(
        loc, msg, type, Optional.of(Map.of(key, JsonNodeFactory.instance.textNode(value))));
  }

  static Violation number(List<Step> loc, String type, String msg, String key, double value) {
    JsonNode number = node(value);
    return new Violation(loc, msg + " " + number.asText(), type, Optional.of(Map.of(key, number)));
  }

  /** Returns this with more at the end of its message. */
  Violation ending(String more) {
    return new Violation(loc, msg + more, type, ctx);
  }

  /** Returns a number as it is best read: without a fraction where there is none. */
  static JsonNode node(double value) {
    return value == Math.rint(value)
        ? JsonNodeFactory.instance.numberNode((long) value)
        : JsonNodeFactory.instance.numberNode(value);
  }

  /** Refuses a text that is no JSON, or JSON that no reader should have to take. */
  static Violation json(int offset, String error) {
    return text(
        List.of(new Step.Key("body"), new Step.Index(offset)),
        "json_invalid",
        "JSON decode error",
        "error",
        error);
  }

  /** Returns the way to a value below. */
  static List<Step> below(List<Step> loc, Step step) {
    List<Step> longer = new ArrayList<>(loc);
    longer.add(step);
    return List.copyOf(longer);
  }

  /** Returns the place as OpenAI names a parameter: {@code messages[0].content}. */
  String parameter() {
    StringBuilder out = new StringBuilder();
    for (Step step : loc.subList(Math.min(1, loc.size()), loc.size())) {
      switch (step) {
        case Step.Key key -> out.append(out.isEmpty() ? "" : ".").append(key.value());
        case Step.Index index -> out.append('[').append(index.value()).append(']');
      }
    }
    return out.toString();
  }
}
