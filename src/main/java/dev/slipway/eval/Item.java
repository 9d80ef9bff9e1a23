package dev.slipway.eval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * One entry of a file, not yet looked at.
 *
 * @param line where it begins, from 1
 * @param value what it holds
 * @param lines where its fields begin, for those that have lines of their own
 */
record Item(int line, JsonNode value, Map<String, Integer> lines) {
  int line(String field) {
    return lines.getOrDefault(field, line);
  }
}
