package dev.slipway.standin.stacks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.slipway.standin.kernel.AwsError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A template as JSON, read. */
final class StackTemplate {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern IN_SUB = Pattern.compile("\\$\\{([^!}.]+)(?:\\.[^}]*)?}");

  private final String text;
  private final JsonNode root;

  private StackTemplate(String text, JsonNode root) {
    this.text = text;
    this.root = root;
  }

  /** Reads a template, and refuses one that CloudFormation would refuse at once. */
  static StackTemplate read(String text) {
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (IOException e) {
      throw AwsError.validation("Template format error: JSON not well-formed.");
    }
    if (!root.path("Resources").isObject() || root.path("Resources").isEmpty()) {
      throw AwsError.validation(
          "Template format error: At least one Resources member must be defined.");
    }
    StackTemplate template = new StackTemplate(text, root);
    for (String id : template.resourceIds()) {
      for (String other : template.references(template.resource(id))) {
        if (!template.knows(other)) {
          throw AwsError.validation(
              "Template format error: Unresolved resource dependencies ["
                  + other
                  + "] in the Resources block of the template");
        }
      }
    }
    template.order();
    return template;
  }

  String text() {
    return text;
  }

  JsonNode section(String name) {
    return root.path(name);
  }

  JsonNode resource(String logicalId) {
    return root.path("Resources").path(logicalId);
  }

  Set<String> resourceIds() {
    return ids(root.path("Resources"));
  }

  /** Returns the values of all parameters: those given, else the defaults. */
  Map<String, String> parameters(Map<String, String> given) {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (String name : ids(root.path("Parameters"))) {
      JsonNode fallback = root.path("Parameters").path(name).path("Default");
      String value = given.get(name);
      if (value != null) {
        values.put(name, value);
      } else if (!fallback.isMissingNode()) {
        values.put(name, fallback.asText());
      } else {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      throw AwsError.validation(
          "Parameters: [" + String.join(", ", missing) + "] must have values");
    }
    List<String> unknown = given.keySet().stream().filter(n -> !values.containsKey(n)).toList();
    if (!unknown.isEmpty()) {
      throw AwsError.validation(
          "Parameters: [" + String.join(", ", unknown) + "] do not exist in the template");
    }
    return values;
  }

  /** Returns the logical ids, each after those that it needs. */
  List<String> order() {
    List<String> ordered = new ArrayList<>();
    Set<String> open = new LinkedHashSet<>();
    for (String id : resourceIds()) {
      visit(id, ordered, open);
    }
    return ordered;
  }

  private void visit(String id, List<String> ordered, Set<String> open) {
    if (ordered.contains(id)) {
      return;
    }
    if (!open.add(id)) {
      throw AwsError.validation(
          "Circular dependency between resources: [" + String.join(", ", open) + "]");
    }
    for (String other : references(resource(id))) {
      if (resourceIds().contains(other)) {
        visit(other, ordered, open);
      }
    }
    open.remove(id);
    ordered.add(id);
  }

  /** Returns what a node names: resources, parameters and pseudo parameters. */
  Set<String> references(JsonNode node) {
    Set<String> found = new LinkedHashSet<>();
    collect(node, found);
    return found;
  }

  private static void collect(JsonNode node, Set<String> found) {
    node.properties()
        .forEach(
            entry -> {
              JsonNode value = entry.getValue();
              switch (entry.getKey()) {
                case "Ref" -> found.add(value.asText());
                case "DependsOn" -> {
                  if (value.isTextual()) {
                    found.add(value.asText());
                  }
                  value.forEach(one -> found.add(one.asText()));
                }
                case "Fn::GetAtt" ->
                    found.add(
                        value.isArray()
                            ? value.path(0).asText()
                            : value.asText().split("\\.", 2)[0]);
                case "Fn::Sub" -> sub(value, found);
                default -> collect(value, found);
              }
            });
    if (node.isArray()) {
      node.forEach(child -> collect(child, found));
    }
  }

  private static void sub(JsonNode value, Set<String> found) {
    JsonNode own = value.isArray() ? value.path(1) : MissingNode.getInstance();
    Matcher matcher = IN_SUB.matcher(value.isArray() ? value.path(0).asText() : value.asText());
    while (matcher.find()) {
      if (!own.has(matcher.group(1))) {
        found.add(matcher.group(1));
      }
    }
    collect(own, found);
  }

  private boolean knows(String name) {
    return name.startsWith("AWS::")
        || resourceIds().contains(name)
        || root.path("Parameters").has(name);
  }

  private static Set<String> ids(JsonNode object) {
    Set<String> ids = new LinkedHashSet<>();
    object.fieldNames().forEachRemaining(ids::add);
    return ids;
  }
}
