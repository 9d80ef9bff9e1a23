package dev.slipway.standin.stacks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.slipway.standin.kernel.AwsError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Works out a template's functions.
 *
 * @param values of parameters and pseudo parameters
 * @param resources what the resources are known by
 */
record Evaluation(StackTemplate template, Map<String, String> values, Resources resources) {
  private static final Pattern IN_SUB = Pattern.compile("\\$\\{(!?)([^}]+)}");

  /** Says what a resource is known by. */
  interface Resources {
    /** Returns what {@code Ref} of a resource is. */
    String ref(String logicalId);

    /** Returns an attribute of a resource. */
    String attribute(String logicalId, String name);
  }

  /** Returns a node with all functions replaced; missing where it is {@code AWS::NoValue}. */
  JsonNode of(JsonNode node) {
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (JsonNode child : node) {
        JsonNode value = of(child);
        if (!value.isMissingNode()) {
          array.add(value);
        }
      }
      return array;
    }
    if (!node.isObject()) {
      return node;
    }
    if (node.size() == 1) {
      Map.Entry<String, JsonNode> only = node.properties().iterator().next();
      if (only.getKey().equals("Ref") || only.getKey().startsWith("Fn::")) {
        return function(only.getKey(), only.getValue());
      }
    }
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    node.properties()
        .forEach(
            entry -> {
              JsonNode value = of(entry.getValue());
              if (!value.isMissingNode()) {
                object.set(entry.getKey(), value);
              }
            });
    return object;
  }

  /** Returns whether a condition of the template holds. */
  boolean holds(String condition) {
    return truth(template.section("Conditions").path(condition));
  }

  private JsonNode function(String name, JsonNode argument) {
    return switch (name) {
      case "Ref" -> ref(argument.asText());
      case "Fn::GetAtt" -> text(attribute(argument));
      case "Fn::Sub" -> text(sub(argument));
      case "Fn::Join" -> text(String.join(argument.path(0).asText(), list(argument.path(1))));
      case "Fn::Select" -> of(argument.path(1)).path(of(argument.path(0)).asInt());
      case "Fn::Split" -> split(argument);
      case "Fn::If" -> of(argument.path(holds(argument.path(0).asText()) ? 1 : 2));
      case "Fn::FindInMap" -> find(argument);
      case "Fn::Base64" ->
          text(
              Base64.getEncoder()
                  .encodeToString(of(argument).asText().getBytes(StandardCharsets.UTF_8)));
      default -> throw AwsError.validation("Template error: function not supported: " + name);
    };
  }

  private JsonNode ref(String name) {
    if (name.equals("AWS::NoValue")) {
      return MissingNode.getInstance();
    }
    String value = values.get(name);
    return text(value == null ? resources.ref(name) : value);
  }

  private String attribute(JsonNode argument) {
    if (argument.isArray()) {
      return resources.attribute(argument.path(0).asText(), of(argument.path(1)).asText());
    }
    String[] halves = argument.asText().split("\\.", 2);
    return resources.attribute(halves[0], halves.length == 2 ? halves[1] : "");
  }

  private String sub(JsonNode argument) {
    JsonNode own = argument.isArray() ? argument.path(1) : MissingNode.getInstance();
    String text = argument.isArray() ? argument.path(0).asText() : argument.asText();
    return IN_SUB
        .matcher(text)
        .replaceAll(
            match -> {
              String name = match.group(2);
              String value;
              if (!match.group(1).isEmpty()) {
                value = "${" + name + "}";
              } else if (own.has(name)) {
                value = of(own.path(name)).asText();
              } else if (name.contains(".")) {
                value = attribute(text(name));
              } else {
                value = ref(name).asText();
              }
              return Matcher.quoteReplacement(value);
            });
  }

  private List<String> list(JsonNode argument) {
    List<String> values = new ArrayList<>();
    of(argument).forEach(value -> values.add(value.asText()));
    return values;
  }

  private JsonNode split(JsonNode argument) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    String whole = of(argument.path(1)).asText();
    for (String part : whole.split(Pattern.quote(argument.path(0).asText()), -1)) {
      array.add(part);
    }
    return array;
  }

  private JsonNode find(JsonNode argument) {
    JsonNode found =
        template
            .section("Mappings")
            .path(of(argument.path(0)).asText())
            .path(of(argument.path(1)).asText())
            .path(of(argument.path(2)).asText());
    if (found.isMissingNode()) {
      throw AwsError.validation("Template error: Unable to get mapping for " + argument);
    }
    return found;
  }

  private boolean truth(JsonNode node) {
    if (node.has("Condition")) {
      return holds(node.path("Condition").asText());
    }
    if (node.has("Fn::Equals")) {
      JsonNode sides = node.path("Fn::Equals");
      return of(sides.path(0)).asText().equals(of(sides.path(1)).asText());
    }
    if (node.has("Fn::Not")) {
      return !truth(node.path("Fn::Not").path(0));
    }
    boolean all = node.has("Fn::And");
    for (JsonNode one : node.path(all ? "Fn::And" : "Fn::Or")) {
      if (truth(one) != all) {
        return !all;
      }
    }
    return all;
  }

  private static JsonNode text(String value) {
    return TextNode.valueOf(value);
  }
}
