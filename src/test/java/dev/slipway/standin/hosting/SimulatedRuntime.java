package dev.slipway.standin.hosting;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.standin.kernel.AwsError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** SageMaker Runtime: answers chat completions as vLLM does. Not thread-safe. */
public final class SimulatedRuntime {
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> WORDS = List.of("Hello ", "from ", "the ", "stand-in.");

  private final SimulatedHosting hosting;

  /** Makes a runtime over endpoints. */
  public SimulatedRuntime(SimulatedHosting hosting) {
    this.hosting = hosting;
  }

  /** Answers in one piece, whatever the body asks for. */
  public byte[] invoke(EndpointName endpoint, Optional<String> component, byte[] body) {
    return answer(admit(endpoint, component, body));
  }

  private static byte[] answer(JsonNode request) {
    ObjectNode answer = head("chat.completion", request);
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    choice.putObject("message").put("role", "assistant").put("content", String.join("", WORDS));
    choice.put("finish_reason", "stop");
    usage(answer);
    return bytes(answer);
  }

  /** Answers in parts: server-sent events, cut where it hurts. */
  public List<byte[]> stream(EndpointName endpoint, Optional<String> component, byte[] body) {
    JsonNode request = admit(endpoint, component, body);
    StringBuilder events = new StringBuilder();
    for (String word : WORDS) {
      ObjectNode chunk = head("chat.completion.chunk", request);
      ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
      choice.putObject("delta").put("content", word);
      choice.putNull("finish_reason");
      events.append("data: ").append(chunk).append("\n\n");
    }
    ObjectNode end = head("chat.completion.chunk", request);
    ObjectNode choice = end.putArray("choices").addObject().put("index", 0);
    choice.putObject("delta");
    choice.put("finish_reason", "stop");
    usage(end);
    events.append("data: ").append(end).append("\n\ndata: [DONE]\n\n");
    byte[] whole = events.toString().getBytes(StandardCharsets.UTF_8);
    List<byte[]> parts = new ArrayList<>();
    // A part is any number of bytes: events are cut, and several share one.
    int size = 211;
    for (int from = 0; from < whole.length; from += size) {
      parts.add(java.util.Arrays.copyOfRange(whole, from, Math.min(whole.length, from + size)));
    }
    return parts;
  }

  /**
   * Answers a request that lies in a bucket, beside it and at once: what waits for an instance in a
   * queue is not simulated.
   *
   * @param house the buckets
   * @return the key of the answer
   */
  public String later(EndpointName name, ObjectHouse house, String bucket, String key) {
    if (hosting.endpoint(name).filter(one -> one.status().equals("InService")).isEmpty()) {
      throw AwsError.validation("Endpoint " + name + " of account 123456789012 not found.");
    }
    byte[] body =
        house
            .get(bucket, key)
            .orElseThrow(() -> AwsError.validation("Object " + key + " is not in " + bucket));
    house.put(bucket, key + ".out", answer(request(body)));
    return key + ".out";
  }

  private JsonNode admit(EndpointName name, Optional<String> component, byte[] body) {
    Hosting.Endpoint endpoint =
        hosting
            .endpoint(name)
            .filter(one -> !one.status().equals("Creating") && !one.status().equals("Failed"))
            .orElseThrow(
                () ->
                    AwsError.validation(
                        "Endpoint " + name + " of account 123456789012 not found."));
    if (component.isPresent()) {
      if (hosting
          .component(component.get())
          .filter(one -> one.endpoint().equals(name.value()))
          .isEmpty()) {
        throw AwsError.validation("Inference Component " + component.get() + " not found.");
      }
      if (!hosting.hasCapacity(component.get())) {
        throw AwsError.validation(
            "Inference Component has no capacity to process this request. ApplicationAutoScaling"
                + " may be in-progress (if configured) or try to increase the capacity by invoking"
                + " UpdateInferenceComponentRuntimeConfig API.");
      }
    } else if (!hosting.components(name).isEmpty()) {
      throw AwsError.validation(
          "Inference Component Name header is required for endpoints to which you plan to deploy"
              + " inference components. Please include Inference Component Name header or consider"
              + " using SageMaker models.");
    } else if (endpoint.variants().stream().allMatch(variant -> variant.now() == 0)) {
      throw AwsError.validation("Endpoint " + name + " has no capacity to process this request.");
    }
    return request(body);
  }

  private static JsonNode request(byte[] body) {
    try {
      JsonNode request = JSON.readTree(body);
      if (request != null && request.path("messages").isArray()) {
        return request;
      }
    } catch (IOException notJson) {
      // Answered below, as the container would.
    }
    throw new AwsError(424, "ModelError", "Received client error (400) from primary");
  }

  private static ObjectNode head(String object, JsonNode request) {
    return JSON.createObjectNode()
        .put("id", "chatcmpl-1")
        .put("object", object)
        .put("created", 1_772_366_400)
        .put("model", request.path("model").asText("/opt/ml/model"));
  }

  private static void usage(ObjectNode answer) {
    answer
        .putObject("usage")
        .put("prompt_tokens", 7)
        .put("completion_tokens", WORDS.size())
        .put("total_tokens", 7 + WORDS.size());
  }

  private static byte[] bytes(JsonNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }
}
