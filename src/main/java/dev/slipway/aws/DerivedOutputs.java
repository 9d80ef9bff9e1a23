package dev.slipway.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.deploy.cloud.Stacks.Resource;
import dev.slipway.deploy.cloud.Stacks.Stack;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes up the outputs of a stack that is complete and has none although its template declares
 * them, as stand-ins answer for stacks that were made by a change set: an output that refers to a
 * resource is the resource's physical name. AWS itself always says them.
 */
final class DerivedOutputs {
  private static final JsonMapper JSON = new JsonMapper();

  private DerivedOutputs() {}

  static Stack in(Stack stack, Stacks stacks) {
    boolean complete =
        stack.status() == StackStatus.CREATE_COMPLETE
            || stack.status() == StackStatus.UPDATE_COMPLETE;
    if (!complete || !stack.outputs().isEmpty()) {
      return stack;
    }
    Map<String, String> outputs = of(stacks.template(stack.name()), stacks, stack.name());
    return new Stack(
        stack.id(),
        stack.name(),
        stack.status(),
        stack.reason(),
        outputs,
        stack.parameters(),
        stack.tags(),
        stack.created(),
        stack.updated());
  }

  private static Map<String, String> of(String template, Stacks stacks, String stack) {
    Map<String, String> outputs = new HashMap<>();
    try {
      JsonNode declared = JSON.readTree(template).path("Outputs");
      if (declared.isEmpty()) {
        return outputs;
      }
      List<Resource> resources = stacks.resources(stack);
      declared
          .properties()
          .forEach(
              output ->
                  name(output.getValue().path("Value"), resources)
                      .ifPresent(name -> outputs.put(output.getKey(), name)));
    } catch (JsonProcessingException notJson) {
      return outputs;
    }
    return outputs;
  }

  private static String last(String id) {
    return id.substring(id.lastIndexOf('/') + 1);
  }

  /** An ARN of a load balancer ends in its name and an id; its name stands for its address. */
  private static String balancer(String arn) {
    int end = arn.lastIndexOf('/');
    return end < 0 ? arn : last(arn.substring(0, end));
  }

  private static Optional<String> name(JsonNode value, List<Resource> resources) {
    if (value.isTextual()) {
      return Optional.of(value.asText());
    }
    if (value.has("Fn::Join")) {
      StringBuilder joined = new StringBuilder();
      for (JsonNode part : value.path("Fn::Join").path(1)) {
        Optional<String> name = name(part, resources);
        if (name.isEmpty()) {
          return Optional.empty();
        }
        joined.append(name.get());
      }
      return Optional.of(joined.toString());
    }
    JsonNode attribute = value.path("Fn::GetAtt");
    if (attribute.path(1).asText().equals("Arn")) {
      return Optional.empty();
    }
    String logicalId = value.path("Ref").asText(attribute.path(0).asText());
    return resources.stream()
        .filter(resource -> resource.logicalId().equals(logicalId))
        .flatMap(resource -> resource.physicalId().stream())
        .map(id -> attribute.path(1).asText().equals("DNSName") ? balancer(id) : last(id))
        .findFirst();
  }
}
