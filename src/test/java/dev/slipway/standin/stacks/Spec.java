package dev.slipway.standin.stacks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a resource of a stack shall be.
 *
 * @param properties with all functions worked out
 * @param stackTags that the stack gives to its resources
 */
record Spec(String stack, String logicalId, JsonNode properties, Map<String, String> stackTags) {

  /** Returns a property's text; absent if it isn't given. */
  Optional<String> text(String property) {
    JsonNode value = properties.path(property);
    return value.isMissingNode() ? Optional.empty() : Optional.of(value.asText());
  }

  /** Returns the stack's tags, and the resource's own over them. */
  Map<String, String> tags() {
    Map<String, String> tags = new LinkedHashMap<>(stackTags);
    properties
        .path("Tags")
        .forEach(t -> tags.put(t.path("Key").asText(), t.path("Value").asText()));
    tags.put("aws:cloudformation:stack-name", stack);
    tags.put("aws:cloudformation:logical-id", logicalId);
    return tags;
  }
}
