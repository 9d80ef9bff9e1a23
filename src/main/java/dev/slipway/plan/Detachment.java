package dev.slipway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes the scaling off a deployed template: SageMaker refuses to change an endpoint's instance
 * type while a scalable target is attached, and CloudFormation deletes what goes only after it has
 * changed the rest, so that this takes a change set of its own.
 *
 * <p>What pointed to the scaling goes with it: outputs, dependencies, an alarm's actions, an alarm
 * that had no other purpose. Nothing that is left points to what is gone.
 */
final class Detachment {
  private static final String SCALING = "AWS::ApplicationAutoScaling::";
  private static final String ALARM = "AWS::CloudWatch::Alarm";
  private static final Set<String> ACTIONS =
      Set.of("AlarmActions", "OKActions", "InsufficientDataActions");

  private final ObjectNode template;
  private final Set<String> gone = new HashSet<>();

  private Detachment(ObjectNode template) {
    this.template = template;
  }

  /** Returns whether a template scales anything. */
  static boolean scales(JsonNode template) {
    for (JsonNode each : template.path("Resources")) {
      if (isScaling(each)) {
        return true;
      }
    }
    return false;
  }

  /** Returns a copy of a template without its scaling. */
  static ObjectNode of(ObjectNode deployed) {
    return new Detachment(deployed.deepCopy()).detached();
  }

  private static boolean isScaling(JsonNode resource) {
    return resource.path("Type").asText().startsWith(SCALING);
  }

  private ObjectNode detached() {
    if (!(template.path("Resources") instanceof ObjectNode resources)) {
      return template;
    }
    resources
        .properties()
        .forEach(
            each -> {
              if (isScaling(each.getValue())) {
                gone.add(each.getKey());
              }
            });
    gone.addAll(purposeless(resources));
    resources.remove(gone);
    for (JsonNode each : resources) {
      if (each instanceof ObjectNode resource) {
        dependencies(resource);
        prune(resource);
      }
    }
    if (template.path("Outputs") instanceof ObjectNode outputs) {
      List<String> dangling = new ArrayList<>();
      outputs
          .properties()
          .forEach(
              each -> {
                if (dangles(each.getValue())) {
                  dangling.add(each.getKey());
                }
              });
      outputs.remove(dangling);
      if (outputs.isEmpty()) {
        template.remove("Outputs");
      }
    }
    return template;
  }

  /** Alarms that only scaling needs, and that nothing which stays points to. */
  private Set<String> purposeless(ObjectNode resources) {
    Set<String> alarms = new HashSet<>();
    resources
        .properties()
        .forEach(
            each -> {
              if (each.getValue().path("Type").asText().equals(ALARM)
                  && servesScaling(each.getValue())) {
                alarms.add(each.getKey());
              }
            });
    boolean changed = true;
    while (changed) {
      Set<String> needed = new HashSet<>();
      resources
          .properties()
          .forEach(
              each -> {
                if (!gone.contains(each.getKey()) && !alarms.contains(each.getKey())) {
                  needed.addAll(TemplateJson.references(each.getValue()));
                  each.getValue().path("DependsOn").forEach(id -> needed.add(id.asText()));
                  needed.add(each.getValue().path("DependsOn").asText());
                }
              });
      changed = alarms.removeAll(needed);
    }
    return alarms;
  }

  private boolean servesScaling(JsonNode alarm) {
    boolean serves = false;
    int otherActions = 0;
    for (var property : alarm.path("Properties").properties()) {
      if (ACTIONS.contains(property.getKey())) {
        for (JsonNode action : property.getValue()) {
          boolean scaling = dangles(action);
          serves |= scaling;
          otherActions += scaling ? 0 : 1;
        }
      } else if (dangles(property.getValue())) {
        return true;
      }
    }
    return serves && otherActions == 0;
  }

  private boolean dangles(JsonNode node) {
    return TemplateJson.references(node).stream().anyMatch(gone::contains);
  }

  private void dependencies(ObjectNode resource) {
    JsonNode depends = resource.path("DependsOn");
    if (depends instanceof ArrayNode list) {
      ArrayNode kept = list.arrayNode();
      list.forEach(
          id -> {
            if (!gone.contains(id.asText())) {
              kept.add(id);
            }
          });
      resource.set("DependsOn", kept);
      if (kept.isEmpty()) {
        resource.remove("DependsOn");
      }
    } else if (gone.contains(depends.asText())) {
      resource.remove("DependsOn");
    }
  }

  /** Removes the innermost property or item that points to what is gone; a function is one. */
  private void prune(JsonNode node) {
    if (node instanceof ObjectNode object) {
      List<String> dangling = new ArrayList<>();
      object
          .properties()
          .forEach(
              each -> {
                if (TemplateJson.isFunction(each.getValue())) {
                  if (dangles(each.getValue())) {
                    dangling.add(each.getKey());
                  }
                } else {
                  prune(each.getValue());
                }
              });
      object.remove(dangling);
    } else if (node instanceof ArrayNode list) {
      for (int index = list.size() - 1; index >= 0; index--) {
        if (TemplateJson.isFunction(list.get(index))) {
          if (dangles(list.get(index))) {
            list.remove(index);
          }
        } else {
          prune(list.get(index));
        }
      }
    }
  }
}
