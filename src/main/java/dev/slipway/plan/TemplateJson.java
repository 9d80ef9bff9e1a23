package dev.slipway.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads CloudFormation templates, and finds out what their parts point to. */
final class TemplateJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** {@code ${Name}} and {@code ${Name.Attribute}}; {@code ${!Name}} is text. */
  private static final Pattern SUBSTITUTED = Pattern.compile("\\$\\{([A-Za-z0-9:]+)(\\.[^}]*)?}");

  private TemplateJson() {}

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException if it is no JSON object
   */
  static ObjectNode read(String template) {
    try {
      if (JSON.readTree(template) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException notJson) {
      throw new IllegalArgumentException("the template is not JSON", notJson);
    }
    throw new IllegalArgumentException("the template is no JSON object");
  }

  static String write(JsonNode template) {
    return template.toString();
  }

  /** Returns whether two templates are the same but for spaces, and the order of keys. */
  static boolean same(String one, String other) {
    // JsonNode compares objects without the order of their keys.
    return one.equals(other) || read(one).equals(read(other));
  }

  /** Returns whether a node is a function such as {@code Ref} or {@code Fn::Join}. */
  static boolean isFunction(JsonNode node) {
    if (!node.isObject() || node.size() != 1) {
      return false;
    }
    String key = node.fieldNames().next();
    return key.equals("Ref") || key.equals("Condition") || key.startsWith("Fn::");
  }

  /** Returns the logical ids that anything within a node points to. */
  static Set<String> references(JsonNode node) {
    Set<String> found = new TreeSet<>();
    collect(node, found);
    return found;
  }

  private static void collect(JsonNode node, Set<String> found) {
    if (isFunction(node)) {
      JsonNode argument = node.elements().next();
      switch (node.fieldNames().next()) {
        case "Ref" -> found.add(argument.asText());
        case "Fn::GetAtt" ->
            found.add(
                argument.isArray()
                    ? argument.path(0).asText()
                    : argument.asText().split("\\.", 2)[0]);
        case "Fn::Sub" -> substitution(argument, found);
        default -> argument.elements().forEachRemaining(each -> collect(each, found));
      }
      return;
    }
    node.elements().forEachRemaining(each -> collect(each, found));
  }

  private static void substitution(JsonNode argument, Set<String> found) {
    JsonNode own = argument.isArray() ? argument.path(1) : argument.path("none");
    Matcher names =
        SUBSTITUTED.matcher(argument.isArray() ? argument.path(0).asText() : argument.asText());
    while (names.find()) {
      if (!own.has(names.group(1))) {
        found.add(names.group(1));
      }
    }
    own.elements().forEachRemaining(each -> collect(each, found));
  }
}
