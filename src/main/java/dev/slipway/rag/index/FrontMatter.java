package dev.slipway.rag.index;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * The YAML between two lines of {@code ---} at the head of a Markdown file.
 *
 * @param fields its scalars and lists of scalars (joined with a comma), by lower-case key
 * @param body the text below it
 * @param note says that there is something that looks like front matter and can't be read
 */
record FrontMatter(Map<String, String> fields, String body, Optional<String> note) {

  // Numbers stay as they are written: version 1.10 is not version 1.1.
  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** Parts a text into its front matter and its body. */
  static FrontMatter of(String text) {
    if (!text.startsWith("---\n")) {
      return new FrontMatter(Map.of(), text, Optional.empty());
    }
    int end = end(text);
    if (end < 0) {
      return new FrontMatter(Map.of(), text, Optional.empty());
    }
    int bodyAt = text.indexOf('\n', end);
    String body = bodyAt < 0 ? "" : text.substring(bodyAt + 1);
    String yaml = text.substring(4, end);
    try {
      JsonNode root = YAML.readTree(yaml);
      if (yaml.isBlank() || root.isNull() || root.isMissingNode()) {
        return new FrontMatter(Map.of(), body, Optional.empty());
      }
      return root.isObject()
          ? new FrontMatter(fields(root), body, Optional.empty())
          // Two horizontal rules with prose between them are no front matter.
          : new FrontMatter(Map.of(), text, Optional.empty());
    } catch (JsonProcessingException notYaml) {
      return new FrontMatter(
          Map.of(), text, Optional.of("its front matter is not YAML: read as text"));
    }
  }

  private static int end(String text) {
    int line = 4;
    while (line < text.length()) {
      int next = text.indexOf('\n', line);
      String content =
          (next < 0 ? text.substring(line) : text.substring(line, next)).stripTrailing();
      if (content.equals("---") || content.equals("...")) {
        return line;
      }
      if (next < 0) {
        return -1;
      }
      line = next + 1;
    }
    return -1;
  }

  private static Map<String, String> fields(JsonNode root) {
    Map<String, String> fields = new LinkedHashMap<>();
    root.properties()
        .forEach(
            field -> {
              String value = value(field.getValue());
              if (!value.isBlank()) {
                fields.put(field.getKey().strip().toLowerCase(Locale.ROOT), value.strip());
              }
            });
    return fields;
  }

  private static String value(JsonNode node) {
    if (node.isNull()) {
      return "";
    }
    if (node.isValueNode()) {
      return node.asText();
    }
    StringJoiner list = new StringJoiner(", ");
    if (node.isArray()) {
      node.forEach(
          element -> {
            if (element.isValueNode() && !element.isNull()) {
              list.add(element.asText());
            }
          });
    }
    return list.toString();
  }
}
