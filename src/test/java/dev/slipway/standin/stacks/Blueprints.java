package dev.slipway.standin.stacks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.standin.kernel.AwsError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a template asks of a stack, worked out against the resources that there are.
 *
 * @param parameters the template's, with their defaults
 */
record Blueprints(
    StackRecord stack,
    ResourceTypes types,
    StackTemplate template,
    Map<String, String> parameters,
    Map<String, String> tags) {

  /** Returns the logical ids whose condition holds, each after those that it needs. */
  List<String> order() {
    Evaluation evaluation = evaluation(Set.of());
    return template.order().stream()
        .filter(
            id -> {
              JsonNode condition = template.resource(id).path("Condition");
              return condition.isMissingNode() || evaluation.holds(condition.asText());
            })
        .toList();
  }

  String typeName(String logicalId) {
    return template.resource(logicalId).path("Type").asText();
  }

  ResourceType type(String logicalId) {
    return types.named(typeName(logicalId));
  }

  String policy(String logicalId, String which) {
    return template.resource(logicalId).path(which).asText("Delete");
  }

  /**
   * Works out what a resource shall be.
   *
   * @param unknown logical ids of resources that will be made first
   */
  Spec spec(String logicalId, Set<String> unknown) {
    JsonNode properties = evaluation(unknown).of(template.resource(logicalId).path("Properties"));
    return new Spec(
        stack.name,
        logicalId,
        properties.isMissingNode() ? JsonNodeFactory.instance.objectNode() : properties,
        tags);
  }

  /** Works out the outputs. */
  Map<String, String> outputs() {
    Map<String, String> outputs = new LinkedHashMap<>();
    Evaluation evaluation = evaluation(Set.of());
    template
        .section("Outputs")
        .properties()
        .forEach(
            entry -> {
              JsonNode condition = entry.getValue().path("Condition");
              if (condition.isMissingNode() || evaluation.holds(condition.asText())) {
                outputs.put(entry.getKey(), evaluation.of(entry.getValue().path("Value")).asText());
              }
            });
    return outputs;
  }

  /** Returns the properties that differ, and {@code Tags} where only the stack's tags do. */
  static List<String> differences(ResourceType type, Spec before, Spec after) {
    Set<String> names = new LinkedHashSet<>();
    before.properties().fieldNames().forEachRemaining(names::add);
    after.properties().fieldNames().forEachRemaining(names::add);
    List<String> different = new ArrayList<>();
    for (String name : names) {
      if (!before.properties().path(name).equals(after.properties().path(name))) {
        different.add(name);
      }
    }
    if (type.taggable()
        && !different.contains("Tags")
        && !before.stackTags().equals(after.stackTags())) {
      different.add("Tags");
    }
    return different;
  }

  /** Returns what applying this will do. */
  List<Stacks.ResourceChange> changes() {
    List<Stacks.ResourceChange> changes = new ArrayList<>();
    Set<String> unknown = new HashSet<>();
    List<String> order = order();
    for (String id : order) {
      ResourceType type = type(id);
      Made made = stack.resources.get(id);
      if (made == null) {
        unknown.add(id);
        changes.add(
            new Stacks.ResourceChange(
                "Add", id, Optional.empty(), typeName(id), Optional.empty(), List.of()));
        continue;
      }
      List<String> different = differences(type, made.spec(), spec(id, unknown));
      if (!different.isEmpty()) {
        boolean replaced = different.stream().anyMatch(type::replaces);
        if (replaced) {
          unknown.add(id);
        }
        changes.add(
            new Stacks.ResourceChange(
                "Modify",
                id,
                made.physicalId(),
                made.type(),
                Optional.of(replaced ? "True" : "False"),
                different));
      }
    }
    for (Made made : stack.resources.values()) {
      if (!order.contains(made.logicalId())) {
        changes.add(
            new Stacks.ResourceChange(
                "Remove",
                made.logicalId(),
                made.physicalId(),
                made.type(),
                Optional.empty(),
                List.of()));
      }
    }
    return changes;
  }

  private Evaluation evaluation(Set<String> unknown) {
    return new Evaluation(
        template,
        stack.values(parameters),
        new Evaluation.Resources() {
          @Override
          public String ref(String logicalId) {
            return unknown.contains(logicalId) ? pending(logicalId) : physical(logicalId);
          }

          @Override
          public String attribute(String logicalId, String name) {
            return unknown.contains(logicalId)
                ? pending(logicalId)
                : type(logicalId).attribute(physical(logicalId), name);
          }
        });
  }

  private static String pending(String logicalId) {
    return "{{changeSet:KNOWN_AFTER_APPLY:" + logicalId + "}}";
  }

  private String physical(String logicalId) {
    return Optional.ofNullable(stack.resources.get(logicalId))
        .flatMap(Made::physicalId)
        .orElseThrow(
            () ->
                AwsError.validation(
                    "Template error: resource " + logicalId + " does not exist yet"));
  }
}
