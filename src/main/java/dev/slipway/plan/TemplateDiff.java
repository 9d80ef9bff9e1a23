package dev.slipway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.plan.Change.Action;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compares what is deployed with what should be, resource by resource, the way CloudFormation will
 * treat them as far as that is known without asking it.
 */
final class TemplateDiff {
  /** Of these types every property but the tags needs another resource in its place. */
  private static final Set<String> REPLACED_WHOLE =
      Set.of("AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig");

  /** By CloudFormation's reference: "Update requires: Replacement". */
  private static final Map<String, Set<String>> REPLACED_BY =
      Map.of(
          "AWS::SageMaker::Endpoint", Set.of("EndpointName"),
          "AWS::SageMaker::InferenceComponent", Set.of("InferenceComponentName", "EndpointName"),
          "AWS::ApplicationAutoScaling::ScalableTarget",
              Set.of("ResourceId", "ScalableDimension", "ServiceNamespace"),
          "AWS::ApplicationAutoScaling::ScalingPolicy",
              Set.of(
                  "PolicyName",
                  "ResourceId",
                  "ScalableDimension",
                  "ServiceNamespace",
                  "ScalingTargetId"),
          "AWS::CloudWatch::Alarm", Set.of("AlarmName"),
          "AWS::IAM::Role", Set.of("RoleName", "Path"),
          "AWS::IAM::Policy", Set.of(),
          "AWS::S3::Bucket", Set.of("BucketName"),
          "AWS::S3::BucketPolicy", Set.of("Bucket"),
          "AWS::ECR::Repository", Set.of("RepositoryName", "EncryptionConfiguration"));

  private static final int MOST_NAMED = 6;

  private final ObjectNode before;
  private final ObjectNode after;
  private final Set<String> changedParameters;

  private TemplateDiff(ObjectNode before, ObjectNode after, Set<String> changedParameters) {
    this.before = before;
    this.after = after;
    this.changedParameters = changedParameters;
  }

  /**
   * Lists what changes: what goes last, the rest in the order of the new template.
   *
   * @param changedParameters the names of parameters that get another value
   */
  static List<Change> of(ObjectNode before, ObjectNode after, Set<String> changedParameters) {
    return new TemplateDiff(before, after, changedParameters).changes();
  }

  private List<Change> changes() {
    Map<String, Change> changes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : after.path("Resources").properties()) {
      JsonNode old = before.path("Resources").path(each.getKey());
      Set<String> properties = new TreeSet<>();
      if (!old.isMissingNode()) {
        differences(old, each.getValue(), "", properties);
        properties.addAll(parameters(each.getValue()));
      }
      if (old.isMissingNode()) {
        changes.put(each.getKey(), change(Action.CREATE, each, "is new"));
      } else if (!properties.isEmpty()) {
        boolean otherType = !old.path("Type").equals(each.getValue().path("Type"));
        changes.put(
            each.getKey(),
            otherType
                ? change(Action.REPLACE, each, reason(properties))
                : changed(each, properties));
      }
    }
    followReplacements(changes);
    List<Change> ordered = new ArrayList<>(inOrder(changes));
    for (Map.Entry<String, JsonNode> each : before.path("Resources").properties()) {
      if (!after.path("Resources").has(each.getKey())) {
        ordered.add(change(Action.DELETE, each, "is no longer part of the deployment"));
      }
    }
    return ordered;
  }

  private List<Change> inOrder(Map<String, Change> changes) {
    List<Change> ordered = new ArrayList<>();
    after
        .path("Resources")
        .fieldNames()
        .forEachRemaining(
            id -> {
              if (changes.containsKey(id)) {
                ordered.add(changes.get(id));
              }
            });
    return ordered;
  }

  /** What points to a resource that is replaced changes with it, and so on. */
  private void followReplacements(Map<String, Change> changes) {
    Set<String> followed = new HashSet<>();
    boolean more = true;
    while (more) {
      more = false;
      Set<String> replaced =
          changes.values().stream()
              .filter(change -> change.action() == Action.REPLACE)
              .map(Change::logicalId)
              .collect(Collectors.toSet());
      for (Map.Entry<String, JsonNode> each : after.path("Resources").properties()) {
        Set<String> properties = new TreeSet<>();
        for (Map.Entry<String, JsonNode> property :
            each.getValue().path("Properties").properties()) {
          if (TemplateJson.references(property.getValue()).stream().anyMatch(replaced::contains)) {
            properties.add(property.getKey());
          }
        }
        Change known = changes.get(each.getKey());
        if (!properties.isEmpty()
            && (known == null || known.action() == Action.UPDATE)
            && followed.add(each.getKey() + properties)) {
          Change next = changed(each, properties);
          if (known == null) {
            changes.put(each.getKey(), next);
          } else if (next.action() == Action.REPLACE) {
            changes.put(each.getKey(), change(Action.REPLACE, each, known.reason()));
          }
          more = true;
        }
      }
    }
  }

  private static Change changed(Map.Entry<String, JsonNode> resource, Set<String> properties) {
    String type = resource.getValue().path("Type").asText();
    Set<String> tops =
        properties.stream().map(path -> path.split("[.\\[]", 2)[0]).collect(Collectors.toSet());
    boolean replaced =
        (REPLACED_WHOLE.contains(type)
            ? tops.stream().anyMatch(top -> !top.equals("Tags") && !isAttribute(top))
            : tops.stream()
                .anyMatch(top -> REPLACED_BY.getOrDefault(type, Set.of()).contains(top)));
    return change(replaced ? Action.REPLACE : Action.UPDATE, resource, reason(properties));
  }

  private static boolean isAttribute(String name) {
    return Set.of(
            "DependsOn",
            "Metadata",
            "Condition",
            "DeletionPolicy",
            "UpdateReplacePolicy",
            "UpdatePolicy",
            "CreationPolicy")
        .contains(name);
  }

  private static String reason(Set<String> properties) {
    String named = properties.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
    int more = properties.size() - MOST_NAMED;
    return named + (more > 0 ? " and " + more + " more" : "") + " changes";
  }

  private static Change change(Action action, Map.Entry<String, JsonNode> resource, String reason) {
    return new Change(
        action, resource.getValue().path("Type").asText(), resource.getKey(), "", reason);
  }

  private Set<String> parameters(JsonNode resource) {
    return TemplateJson.references(resource).stream()
        .filter(changedParameters::contains)
        .map(name -> "parameter " + name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Names the paths at which two resources differ; names only, since values may be private. */
  private static void differences(JsonNode old, JsonNode now, String path, Set<String> found) {
    if (old.equals(now)) {
      return;
    }
    boolean objects =
        old.isObject()
            && now.isObject()
            && !TemplateJson.isFunction(old)
            && !TemplateJson.isFunction(now);
    if (objects) {
      Set<String> keys = new TreeSet<>();
      old.fieldNames().forEachRemaining(keys::add);
      now.fieldNames().forEachRemaining(keys::add);
      for (String key : keys) {
        differences(old.path(key), now.path(key), below(path, key), found);
      }
    } else if (old.isArray() && now.isArray() && old.size() == now.size() && holdsObjects(now)) {
      for (int index = 0; index < now.size(); index++) {
        differences(old.path(index), now.path(index), path + "[" + index + "]", found);
      }
    } else {
      found.add(path);
    }
  }

  private static boolean holdsObjects(JsonNode list) {
    for (JsonNode each : list) {
      if (!each.isObject() || TemplateJson.isFunction(each)) {
        return false;
      }
    }
    return true;
  }

  private static String below(String path, String key) {
    if (path.isEmpty()) {
      return key.equals("Properties") ? "" : key;
    }
    return path + "." + key;
  }
}
