package dev.slipway.api;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.rag.Answerer;
import dev.slipway.rag.RetrievalAnswerer;
import dev.slipway.rag.TokenCounter;
import java.util.OptionalInt;

/** Refuses questions that are too long, or ask for too much. Thread-safe. */
final class LimitedAnswerer implements Answerer {
  /** No token of a text has more characters than this on the average: what is longer is refused. */
  private static final int CHARACTERS_PER_TOKEN = 64;

  private final Answerer answerer;
  private final ApiSpec.Limits limits;
  private final TokenCounter counter;

  LimitedAnswerer(Answerer answerer, ApiSpec.Limits limits, TokenCounter counter) {
    this.answerer = answerer;
    this.limits = limits;
    this.counter = counter;
  }

  @Override
  public Answer answer(Question question, Progress progress) {
    limits.promptTokens().ifPresent(most -> checkPrompt(question, most));
    return answerer.answer(
        limits.answerTokens().isPresent()
            ? bounded(question, limits.answerTokens().getAsInt())
            : question,
        progress);
  }

  private void checkPrompt(Question question, int most) {
    // Counting takes longer than to see that a text is far too long.
    long characters = question.messages().stream().mapToLong(m -> m.content().length()).sum();
    long tokens =
        characters > (long) most * CHARACTERS_PER_TOKEN
            ? Long.MAX_VALUE
            : question.messages().stream().mapToLong(m -> counter.count(m.content())).sum();
    if (tokens > most) {
      throw new Rejected(
          Problem.refusedParameter(
              question.grounded() ? "query" : "messages",
              "context_length_exceeded",
              "The conversation is over " + most + " tokens, which this service takes at most."));
    }
  }

  private static Question bounded(Question question, int most) {
    ChatModel.Sampling asked = question.sampling();
    if (asked.maxTokens().orElse(0) > most) {
      throw new Rejected(
          Problem.refusedParameter(
              "max_tokens",
              "invalid_value",
              "This service answers with at most " + most + " tokens."));
    }
    boolean shortEnough =
        asked.maxTokens().isPresent()
            || (question.grounded() && RetrievalAnswerer.DEFAULT_ANSWER_TOKENS <= most);
    return shortEnough
        ? question
        : question.sampled(
            new ChatModel.Sampling(
                asked.temperature(),
                asked.topP(),
                asked.topK(),
                OptionalInt.of(most),
                asked.stop(),
                asked.seed(),
                asked.presencePenalty(),
                asked.frequencyPenalty()));
  }
}
