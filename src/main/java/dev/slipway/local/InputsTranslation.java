package dev.slipway.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Translates LMI's {@code inputs} and {@code parameters} into OpenAI's completions and back, for
 * servers that have only those.
 *
 * @param body LMI's; has {@code inputs}
 */
record InputsTranslation(JsonNode body) {
  // LMI's name of a parameter, and OpenAI's (or, where that has none, vLLM's and llama.cpp's).
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "max_new_tokens", "max_tokens",
          "temperature", "temperature",
          "top_p", "top_p",
          "top_k", "top_k",
          "min_p", "min_p",
          "stop", "stop",
          "stop_sequences", "stop",
          "seed", "seed",
          "presence_penalty", "presence_penalty",
          "frequency_penalty", "frequency_penalty");
  private static final int MAX_NEW_TOKENS = 30; // LMI's default

  /** Returns the texts to go on with; empty if {@code inputs} is neither text nor list of texts. */
  List<String> texts() {
    JsonNode inputs = body.path("inputs");
    if (inputs.isTextual()) {
      return List.of(inputs.textValue());
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : inputs) {
      if (!inputs.isArray() || !item.isTextual()) {
        return List.of();
      }
      texts.add(item.textValue());
    }
    return texts;
  }

  /** Returns whether the inputs are a list: the answer is one too. */
  boolean list() {
    return body.path("inputs").isArray();
  }

  /** Returns whether the answer is wanted token by token. */
  boolean stream() {
    return body.path("stream").asBoolean(false);
  }

  /** Returns the body of {@code /v1/completions} for one text. */
  ObjectNode completion(String text) {
    return request().put("prompt", text);
  }

  /** Returns the body of {@code /v1/chat/completions} for one text, as what the user says. */
  ObjectNode chat(String text) {
    ObjectNode request = request();
    request.putArray("messages").addObject().put("role", "user").put("content", text);
    return request;
  }

  private ObjectNode request() {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    JsonNode parameters = body.path("parameters");
    PARAMETERS.forEach(
        (from, to) -> {
          if (parameters.hasNonNull(from)) {
            request.set(to, parameters.get(from));
          }
        });
    if (!request.has("max_tokens")) {
      request.put("max_tokens", MAX_NEW_TOKENS);
    }
    boolean sampling = parameters.hasNonNull("temperature") || parameters.hasNonNull("top_p");
    if (!parameters.path("do_sample").asBoolean(sampling)) {
      request.put("temperature", 0);
    }
    if (stream()) {
      request.put("stream", true).putObject("stream_options").put("include_usage", true);
    }
    return request;
  }

  /** Returns LMI's document of one whole answer. */
  ObjectNode answer(String text, JsonNode response) {
    JsonNode choice = response.path("choices").path(0);
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("generated_text", whole(text, textOf(choice)));
    if (body.path("parameters").path("details").asBoolean(false)) {
      document.set("details", details(choice, response.path("usage")));
    }
    return document;
  }

  /** Returns LMI's document of all answers. */
  JsonNode answers(List<ObjectNode> documents) {
    if (!list()) {
      return documents.getFirst();
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    documents.forEach(array::add);
    return array;
  }

  /** Returns the text with the input before it, where the request asks for that. */
  String whole(String text, String generated) {
    boolean full = body.path("parameters").path("return_full_text").asBoolean(false);
    return (full ? text : "") + generated;
  }

  /** Returns LMI's details of how an answer ended. */
  static ObjectNode details(JsonNode choice, JsonNode usage) {
    ObjectNode details = JsonNodeFactory.instance.objectNode();
    String reason = choice.path("finish_reason").asText("stop");
    details.put("finish_reason", reason.equals("length") ? "length" : "eos_token");
    if (usage.has("completion_tokens")) {
      details.set("generated_tokens", usage.get("completion_tokens"));
    }
    return details;
  }

  /** Returns the text of a choice, whole or a piece, of a completion or a chat. */
  static String textOf(JsonNode choice) {
    for (String path : List.of("/text", "/message/content", "/delta/content")) {
      if (choice.at(path).isTextual()) {
        return choice.at(path).textValue();
      }
    }
    return "";
  }
}
