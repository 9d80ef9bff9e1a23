package dev.slipway.eval;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads one JSON object a line; empty lines are passed over. */
final class JsonLines {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonLines() {}

  static List<Item> read(String text, Problems problems) {
    List<Item> items = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        items.add(new Item(number, JSON.readTree(line), Map.of()));
      } catch (JsonProcessingException e) {
        problems.add(number, "is not one JSON object: " + e.getOriginalMessage());
      }
    }
    return items;
  }
}
