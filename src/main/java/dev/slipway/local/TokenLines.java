package dev.slipway.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * Turns the server-sent events of a completion into LMI's JSON lines. For one stream, on one
 * thread.
 */
final class TokenLines {
  private final InputsTranslation request;
  private final String text;
  private final JsonMapper json;
  private final StringBuilder generated = new StringBuilder();
  private JsonNode lastChoice = JsonNodeFactory.instance.objectNode();
  private JsonNode usage = JsonNodeFactory.instance.objectNode();

  TokenLines(InputsTranslation request, String text, JsonMapper json) {
    this.request = request;
    this.text = text;
    this.json = json;
  }

  /** Takes a line of the events; returns the line to send on, absent if there is none yet. */
  Optional<String> line(String event) throws JsonProcessingException {
    if (!event.startsWith("data:")) {
      return Optional.empty();
    }
    String data = event.substring("data:".length()).trim();
    if (data.equals("[DONE]")) {
      return Optional.empty();
    }
    JsonNode chunk = json.readTree(data);
    if (chunk.has("error")) {
      ObjectNode line = token("");
      line.put("error", chunk.path("error").path("message").asText("the server failed"));
      return Optional.of(json.writeValueAsString(line));
    }
    if (chunk.path("usage").isObject()) {
      usage = chunk.get("usage");
    }
    JsonNode choice = chunk.path("choices").path(0);
    if (choice.hasNonNull("finish_reason")) {
      lastChoice = choice;
    }
    String piece = InputsTranslation.textOf(choice);
    generated.append(piece);
    return piece.isEmpty() ? Optional.empty() : Optional.of(json.writeValueAsString(token(piece)));
  }

  /** Returns the line that ends the stream. */
  String end() throws JsonProcessingException {
    ObjectNode line = token("");
    line.put("generated_text", request.whole(text, generated.toString()));
    line.set("details", InputsTranslation.details(lastChoice, usage));
    return json.writeValueAsString(line);
  }

  // These servers name no token ids.
  private static ObjectNode token(String text) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.putObject("token").put("id", -1).put("text", text).putNull("log_prob");
    return line;
  }
}
