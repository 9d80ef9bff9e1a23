package dev.slipway.endpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.slipway.endpoint.ChatModel.FinishReason;
import dev.slipway.endpoint.ChatModel.Usage;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Puts a streamed answer together: {@code chat.completion.chunk} events, or LMI's and TGI's tokens.
 *
 * <p>Takes the stream's bytes part by part and passes each piece of text on at once. Not
 * thread-safe: one for each answer.
 */
final class StreamedReply {
  private static final JsonMapper JSON = new JsonMapper();

  private final EndpointName endpoint;
  private final ChatModel.TokenSink sink;
  private final EventLines lines = new EventLines();
  private final StringBuilder text = new StringBuilder();
  private Optional<FinishReason> finish = Optional.empty();
  private Optional<Usage> usage = Optional.empty();
  private String halfCharacter = "";
  private boolean complete;
  private boolean done;

  StreamedReply(EndpointName endpoint, ChatModel.TokenSink sink) {
    this.endpoint = endpoint;
    this.sink = sink;
  }

  /**
   * Takes the next part of the stream.
   *
   * @throws EndpointFailure if it holds an error, or nothing that can be read
   */
  void take(byte[] part) {
    try {
      lines.take(part, this::payload);
    } catch (EventLines.TooLong tooLong) {
      throw WholeReply.malformed(endpoint, "it holds " + tooLong.getMessage() + ".");
    }
  }

  /**
   * Ends the stream and returns the whole.
   *
   * @throws EndpointFailure if the answer broke off
   */
  ChatModel.Reply end() {
    Optional<String> rest = lines.end();
    if (rest.isPresent()) {
      JsonNode node = isDone(rest.get()) ? JSON.createObjectNode() : parse(rest.get());
      if (node.isMissingNode()) {
        throw brokeOff();
      }
      payload(rest.get());
    }
    if (!complete && !done) {
      throw brokeOff();
    }
    if (!halfCharacter.isEmpty()) {
      halfCharacter = "";
      emit("\uFFFD");
    }
    return new ChatModel.Reply(text.toString(), finish, usage);
  }

  private void payload(String payload) {
    if (done) {
      return;
    }
    if (isDone(payload)) {
      done = true;
      return;
    }
    JsonNode node = parse(payload);
    if (!node.isObject()) {
      throw WholeReply.malformed(endpoint, "an event of its stream is not a JSON object.");
    }
    Optional<EndpointFailure> error = CompletionJson.error(endpoint, node);
    if (error.isPresent()) {
      throw error.get();
    }
    Optional<Usage> counts = CompletionJson.usage(node);
    if (counts.isPresent()) {
      usage = counts;
    }
    if (node.has("token")) {
      token(node);
    } else if (CompletionJson.choice(node).path("text").isTextual()) {
      completion(CompletionJson.choice(node));
    } else {
      WholeReply.find(node).ifPresentOrElse(this::whole, () -> chunk(node));
    }
  }

  /** Takes one {@code chat.completion.chunk}; the one with the usage has no choice. */
  private void chunk(JsonNode node) {
    JsonNode choice = CompletionJson.choice(node);
    JsonNode content = choice.path("delta").path("content");
    if (content.isTextual()) {
      emit(content.asText());
    }
    finish(choice.path("finish_reason"));
  }

  /** Takes one piece of a {@code text_completion}, which repeats nothing. */
  private void completion(JsonNode choice) {
    emit(choice.path("text").asText());
    finish(choice.path("finish_reason"));
  }

  /** Takes one token of LMI or TGI; the last one brings the whole text again. */
  private void token(JsonNode node) {
    JsonNode token = node.path("token");
    if (!token.path("special").asBoolean(false)) {
      emit(token.path("text").asText(""));
    }
    finish(node.path("details").path("finish_reason"));
    complete |= node.path("generated_text").isTextual();
  }

  /**
   * Takes a text that stands for itself: all of it, from a server that does not stream, or one that
   * repeats what it has said; else the next piece.
   */
  private void whole(ChatModel.Reply reply) {
    boolean repeats = reply.text().startsWith(text.toString());
    emit(repeats ? reply.text().substring(text.length()) : reply.text());
    complete = true;
    if (reply.finishReason().isPresent()) {
      finish = reply.finishReason();
    }
  }

  private void finish(JsonNode reason) {
    if (!reason.isTextual()) {
      return;
    }
    if (CompletionJson.gaveUp(reason)) {
      throw ContainerFailure.of(endpoint, OptionalInt.empty(), "", null);
    }
    complete = true;
    finish = CompletionJson.finish(reason);
  }

  /** Passes text on, but never the first half of a character without its second. */
  private void emit(String piece) {
    String whole = halfCharacter + piece;
    halfCharacter = "";
    if (!whole.isEmpty() && Character.isHighSurrogate(whole.charAt(whole.length() - 1))) {
      halfCharacter = whole.substring(whole.length() - 1);
      whole = whole.substring(0, whole.length() - 1);
    }
    if (!whole.isEmpty()) {
      text.append(whole);
      sink.token(whole);
    }
  }

  /** Returns the event as JSON; missing if it is none. */
  private static JsonNode parse(String payload) {
    try {
      return JSON.readTree(payload);
    } catch (JsonProcessingException notJson) {
      return MissingNode.getInstance();
    }
  }

  private static boolean isDone(String payload) {
    return payload.strip().equals("[DONE]");
  }

  private EndpointFailure brokeOff() {
    return new EndpointFailure(
        Kind.UNAVAILABLE,
        OptionalInt.empty(),
        "The answer of \"" + endpoint + "\" broke off",
        "its stream ended before the model was done.",
        "Try again; `slipway logs` shows whether the container crashed.",
        null);
  }
}
