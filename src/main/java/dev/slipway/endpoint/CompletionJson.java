package dev.slipway.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.endpoint.ChatModel.FinishReason;
import dev.slipway.endpoint.ChatModel.Usage;
import dev.slipway.failure.EndpointFailure;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads what answers of vLLM, LMI, TGI and OpenAI-like servers have in common. */
final class CompletionJson {
  private CompletionJson() {}

  /** Returns the first choice of an answer or a chunk; missing if there is none. */
  static JsonNode choice(JsonNode node) {
    for (JsonNode choice : node.path("choices")) {
      if (choice.path("index").asInt(0) == 0) {
        return choice;
      }
    }
    return node.path("choices").path(0);
  }

  /** Returns why an answer ended, absent if the word is none that we know. */
  static Optional<FinishReason> finish(JsonNode reason) {
    return switch (reason.asText("")) {
      case "stop", "eos_token", "stop_sequence", "eos" -> Optional.of(FinishReason.STOP);
      case "length" -> Optional.of(FinishReason.LENGTH);
      default -> Optional.empty();
    };
  }

  /** Returns whether the container gave the answer up half-way, and says so as a finish reason. */
  static boolean gaveUp(JsonNode reason) {
    return switch (reason.asText("")) {
      case "error", "abort", "cancelled" -> true;
      default -> false;
    };
  }

  /** Returns the counts of an answer, absent unless both are there. */
  static Optional<Usage> usage(JsonNode node) {
    JsonNode usage = node.path("usage");
    JsonNode prompt = usage.path("prompt_tokens");
    if (!prompt.isInt()) {
      return Optional.empty();
    }
    return Optional.of(new Usage(prompt.asInt(), usage.path("completion_tokens").asInt(0)));
  }

  /** Returns the failure that the node stands for, absent if it is no error. */
  static Optional<EndpointFailure> error(EndpointName endpoint, JsonNode node) {
    JsonNode error = node.path("error");
    if (error.isTextual()) {
      return Optional.of(failure(endpoint, status(node), error));
    }
    if (error.isObject()) {
      return Optional.of(failure(endpoint, status(error), error.path("message")));
    }
    if (node.path("object").asText("").equals("error")) {
      return Optional.of(failure(endpoint, status(node), node.path("message")));
    }
    return Optional.empty();
  }

  private static EndpointFailure failure(EndpointName endpoint, OptionalInt status, JsonNode text) {
    return ContainerFailure.of(endpoint, status, text.asText(""), null);
  }

  /** Reads {@code code} (vLLM: a number; OpenAI: a word) or {@code status_code}. */
  private static OptionalInt status(JsonNode error) {
    int code = error.path("code").asInt(error.path("status_code").asInt(0));
    return code >= 400 && code <= 599 ? OptionalInt.of(code) : OptionalInt.empty();
  }
}
