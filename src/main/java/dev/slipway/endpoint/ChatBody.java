package dev.slipway.endpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.Locale;

/** Writes a request as vLLM's {@code /invocations} (and OpenAI's chat completions) take it. */
final class ChatBody {
  private static final JsonMapper JSON = new JsonMapper();

  private ChatBody() {}

  /** Returns the body; what the sampling leaves open is left out, so that the model's own holds. */
  static byte[] of(ChatModel.Request request, boolean stream) {
    ObjectNode body = JSON.createObjectNode();
    ArrayNode messages = body.putArray("messages");
    for (ChatModel.Message message : request.messages()) {
      messages
          .addObject()
          .put("role", message.role().name().toLowerCase(Locale.ROOT))
          .put("content", message.content());
    }
    put(body, request.sampling());
    request
        .jsonSchema()
        .ifPresent(
            schema ->
                body.putObject("response_format")
                    .put("type", "json_schema")
                    .putObject("json_schema")
                    .put("name", "answer")
                    .put("strict", true)
                    .putRawValue("schema", new RawValue(schema)));
    body.put("stream", stream);
    if (stream) {
      body.putObject("stream_options").put("include_usage", true);
    }
    try {
      return JSON.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree that is no JSON", e);
    }
  }

  private static void put(ObjectNode body, ChatModel.Sampling sampling) {
    sampling.temperature().ifPresent(value -> body.put("temperature", value));
    sampling.topP().ifPresent(value -> body.put("top_p", value));
    sampling.topK().ifPresent(value -> body.put("top_k", value));
    sampling.maxTokens().ifPresent(value -> body.put("max_tokens", value));
    sampling.seed().ifPresent(value -> body.put("seed", value));
    sampling.presencePenalty().ifPresent(value -> body.put("presence_penalty", value));
    sampling.frequencyPenalty().ifPresent(value -> body.put("frequency_penalty", value));
    if (!sampling.stop().isEmpty()) {
      ArrayNode stop = body.putArray("stop");
      sampling.stop().forEach(stop::add);
    }
  }
}
