package dev.slipway.api;

import dev.slipway.endpoint.ChatModel;

/** How many tokens a question took, by the model's own count. */
record TokenUsage(
    @Field("Tokens of the prompt.") int promptTokens,
    @Field("Tokens of the answer.") int completionTokens,
    @Field("Both together.") int totalTokens) {

  static TokenUsage of(ChatModel.Usage usage) {
    return new TokenUsage(usage.promptTokens(), usage.completionTokens(), usage.totalTokens());
  }
}
