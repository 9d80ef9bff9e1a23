package dev.slipway.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.endpoint.ChatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What OpenAI's clients send to {@code /v1/chat/completions}; other keys are ignored. */
record ChatRequest(
    @Field("Which model: one of GET /v1/models.") String model,
    @Field(value = "The conversation; the last one is answered.", minLength = 1)
        List<ChatMessage> messages,
    @Field(value = "0 is greedy.", minimum = 0, maximum = 2) OptionalDouble temperature,
    @Field(value = "The mass of the tokens to choose from.", minimum = 0, maximum = 1)
        OptionalDouble topP,
    @Field(value = "How many tokens to choose from; vLLM's extension.", minimum = 1)
        OptionalInt topK,
    @Field(value = "Tokens generated at most.", minimum = 1) OptionalInt maxTokens,
    @Field(value = "The same, by its newer name, which counts.", minimum = 1)
        OptionalInt maxCompletionTokens,
    @Field("Texts that end the answer, at most 4.") Optional<Stop> stop,
    @Field("Makes sampling repeatable.") OptionalLong seed,
    @Field(value = "Against repeating topics.", minimum = -2, maximum = 2)
        OptionalDouble presencePenalty,
    @Field(value = "Against repeating words.", minimum = -2, maximum = 2)
        OptionalDouble frequencyPenalty,
    @Field("Whether the answer comes as server-sent events.") Optional<Boolean> stream,
    @Field("Options of a stream.") Optional<StreamOptions> streamOptions,
    @Field("Only 1.") OptionalInt n,
    @Field("Only false.") Optional<Boolean> logprobs,
    @Field("Not offered.") Optional<JsonNode> topLogprobs,
    @Field("Not offered.") Optional<JsonNode> logitBias,
    @Field("Not offered.") Optional<JsonNode> tools,
    @Field("Only `none` or `auto`.") Optional<JsonNode> toolChoice,
    @Field("Not offered.") Optional<JsonNode> functions,
    @Field("Not offered.") Optional<JsonNode> functionCall,
    @Field("Only `{\"type\": \"text\"}`.") Optional<JsonNode> responseFormat,
    @Field("Not offered.") Optional<JsonNode> audio,
    @Field("Only `[\"text\"]`.") Optional<JsonNode> modalities) {

  /** One message. */
  record ChatMessage(
      @Field("Who says it: system, developer, user or assistant.") String role,
      @Field("What is said.") Optional<Content> content,
      @Field("Not offered.") Optional<JsonNode> toolCalls) {}

  /** The content of a message. */
  sealed interface Content {
    /** Plain text. */
    record Plain(String value) implements Content {}

    /** Parts, all of them text. */
    record Parts(@Field(minLength = 1) List<Part> value) implements Content {}
  }

  /** A part of a message. */
  record Part(@Field("Only `text`.") String type, Optional<String> text) {}

  /** Texts that end an answer. */
  sealed interface Stop {
    /** One text. */
    record One(String value) implements Stop {}

    /** Several texts. */
    record Several(@Field(maxLength = 4) List<String> value) implements Stop {}
  }

  /** Options of a stream. */
  record StreamOptions(
      @Field("Whether the last chunk tells the usage.") Optional<Boolean> includeUsage) {}

  /**
   * Refuses what this service can't do, rather than doing something else.
   *
   * @throws Rejected naming the first such parameter
   */
  void refuseUnsupported() {
    if (n.orElse(1) != 1) {
      throw unsupported("n", "Only one choice (n = 1) is offered.");
    }
    if (logprobs.orElse(false) || asked(topLogprobs)) {
      throw unsupported("logprobs", "Log probabilities are not offered.");
    }
    if (asked(logitBias)) {
      throw unsupported("logit_bias", "A bias on tokens is not offered.");
    }
    if (asked(tools)) {
      throw unsupported("tools", "Tools are not offered.");
    }
    if (asked(functions)) {
      throw unsupported("functions", "Functions are not offered.");
    }
    if (toolChoice.filter(ChatRequest::choosesTool).isPresent()) {
      throw unsupported("tool_choice", "Tools are not offered.");
    }
    if (functionCall.filter(ChatRequest::choosesTool).isPresent()) {
      throw unsupported("function_call", "Functions are not offered.");
    }
    if (responseFormat.filter(f -> !f.path("type").asText().equals("text")).isPresent()) {
      throw unsupported("response_format", "Only {\"type\": \"text\"} is offered.");
    }
    if (asked(audio)
        || modalities
            .filter(m -> !(m.size() == 1 && m.path(0).asText().equals("text")))
            .isPresent()) {
      throw unsupported("modalities", "Only text is offered.");
    }
  }

  private static boolean asked(Optional<JsonNode> value) {
    return value.filter(v -> !v.isNull() && !(v.isContainerNode() && v.isEmpty())).isPresent();
  }

  private static boolean choosesTool(JsonNode choice) {
    return !choice.asText().equals("none") && !choice.asText().equals("auto");
  }

  private static Rejected unsupported(String parameter, String why) {
    return new Rejected(Problem.refusedParameter(parameter, "unsupported_parameter", why));
  }

  /**
   * Returns the conversation as the model takes it.
   *
   * @throws Rejected if a message is of a kind that is not offered
   */
  List<ChatModel.Message> conversation() {
    List<ChatModel.Message> conversation = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      ChatMessage message = messages.get(i);
      String at = "messages[" + i + "]";
      if (asked(message.toolCalls())) {
        throw unsupported(at + ".tool_calls", "Tools are not offered.");
      }
      ChatModel.Role role =
          switch (message.role()) {
            case "system", "developer" -> ChatModel.Role.SYSTEM;
            case "user" -> ChatModel.Role.USER;
            case "assistant" -> ChatModel.Role.ASSISTANT;
            case "tool", "function" -> throw unsupported(at + ".role", "Tools are not offered.");
            default ->
                throw new Rejected(
                    Problem.refusedParameter(
                        at + ".role",
                        "invalid_value",
                        "Invalid value for '"
                            + at
                            + ".role': Supported values are: 'system', 'developer', 'user' and"
                            + " 'assistant'."));
          };
      Content content =
          message
              .content()
              .orElseThrow(
                  () ->
                      new Rejected(
                          Problem.refusedParameter(
                              at + ".content",
                              "missing_required_parameter",
                              "Missing required parameter: '" + at + ".content'.")));
      conversation.add(new ChatModel.Message(role, text(content, at + ".content")));
    }
    return conversation;
  }

  private static String text(Content content, String at) {
    return switch (content) {
      case Content.Plain plain -> plain.value();
      case Content.Parts parts -> {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.value().size(); i++) {
          Part part = parts.value().get(i);
          String where = at + "[" + i + "]";
          if (!part.type().equals("text")) {
            throw unsupported(where + ".type", "Only parts of type 'text' are offered.");
          }
          text.append(text.isEmpty() ? "" : "\n");
          text.append(
              part.text()
                  .orElseThrow(
                      () ->
                          new Rejected(
                              Problem.refusedParameter(
                                  where + ".text",
                                  "missing_required_parameter",
                                  "Missing required parameter: '" + where + ".text'."))));
        }
        yield text.toString();
      }
    };
  }

  /** Returns how tokens are to be chosen. */
  ChatModel.Sampling sampling() {
    List<String> stops =
        stop.map(
                given ->
                    switch (given) {
                      case Stop.One one -> List.of(one.value());
                      case Stop.Several several -> several.value();
                    })
            .orElse(List.of());
    return new ChatModel.Sampling(
        temperature,
        topP,
        topK,
        maxCompletionTokens.isPresent() ? maxCompletionTokens : maxTokens,
        stops.stream().filter(text -> !text.isEmpty()).toList(),
        seed,
        presencePenalty,
        frequencyPenalty);
  }
}
