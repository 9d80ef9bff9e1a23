package dev.slipway.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads an answer that came in one piece. */
final class WholeReply {
  private static final JsonMapper JSON = new JsonMapper();

  private WholeReply() {}

  /**
   * Reads a {@code chat.completion}, or LMI's and TGI's {@code generated_text}.
   *
   * @throws EndpointFailure if the body is neither, or an error
   */
  static ChatModel.Reply read(EndpointName endpoint, byte[] body) {
    JsonNode node = parse(endpoint, body);
    Optional<EndpointFailure> error = CompletionJson.error(endpoint, node);
    if (error.isPresent()) {
      throw error.get();
    }
    return find(node).orElseThrow(() -> malformed(endpoint, "it is no chat completion."));
  }

  /** Returns the whole answer that the node holds, absent if it holds none. */
  static Optional<ChatModel.Reply> find(JsonNode node) {
    JsonNode choice = CompletionJson.choice(node);
    if (choice.has("message") || choice.path("text").isTextual()) {
      JsonNode content = choice.path("message").path("content");
      return Optional.of(
          new ChatModel.Reply(
              content.isTextual() ? content.asText() : choice.path("text").asText(""),
              CompletionJson.finish(choice.path("finish_reason")),
              CompletionJson.usage(node)));
    }
    JsonNode generated = node.path("generated_text");
    if (generated.isTextual() && !node.has("token")) {
      return Optional.of(
          new ChatModel.Reply(
              generated.asText(),
              CompletionJson.finish(node.path("details").path("finish_reason")),
              CompletionJson.usage(node)));
    }
    return Optional.empty();
  }

  private static JsonNode parse(EndpointName endpoint, byte[] body) {
    try {
      JsonNode node = JSON.readTree(body);
      // TGI and some LMI handlers answer with a list of one.
      return node.isArray() && !node.isEmpty() ? node.path(0) : node;
    } catch (IOException notJson) {
      // The parser's message quotes the text, so it is no cause to keep.
      throw malformed(endpoint, "it is not JSON.");
    }
  }

  static EndpointFailure malformed(EndpointName endpoint, String why) {
    return new EndpointFailure(
        Kind.MALFORMED,
        OptionalInt.empty(),
        "Cannot read the answer of \"" + endpoint + "\"",
        why,
        "Check that the endpoint serves chat completions: endpoint.server names its container.",
        null);
  }
}
