package dev.slipway.local.container;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the container's documents. Thread-safe. */
final class Json {
  private final JsonMapper mapper = new JsonMapper();

  /** Returns a document on one line. */
  String line(Object document) {
    try {
      return mapper.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of maps and numbers can't be written", e);
    }
  }

  /** Makes a map that keeps its order and may hold null, from names and values in turn. */
  static Map<String, Object> map(@org.jspecify.annotations.Nullable Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return map;
  }
}
