package dev.slipway.api;

import dev.slipway.endpoint.ChatModel.FinishReason;
import java.util.List;
import java.util.Optional;

/** A {@code chat.completion}, as OpenAI's clients read it, with the sources beside it. */
record ChatAnswer(
    String id,
    @Field(oneOf = "chat.completion") String object,
    @Field("Seconds since 1970.") long created,
    String model,
    List<Choice> choices,
    @Field("Left out where the container does not count.") Optional<TokenUsage> usage,
    @Field("What the answer rests on, of models with retrieval.") Optional<List<Source>> sources,
    @Field("Under which prompt monitoring keeps it.") String traceId) {

  /** The one choice. */
  record Choice(
      int index,
      Message message,
      @Field(value = "Always null.", nullable = true) Optional<String> logprobs,
      @Field(oneOf = {"stop", "length"}) String finishReason) {}

  /** What the model says. */
  record Message(
      @Field(oneOf = "assistant") String role,
      String content,
      @Field(value = "Always null.", nullable = true) Optional<String> refusal) {}

  static String name(Optional<FinishReason> reason) {
    // Where the container doesn't say, it came to its end: clients take no other for whole.
    return switch (reason.orElse(FinishReason.STOP)) {
      case STOP -> "stop";
      case LENGTH -> "length";
    };
  }
}
