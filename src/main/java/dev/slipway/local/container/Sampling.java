package dev.slipway.local.container;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Says how tokens are chosen, and when to end.
 *
 * @param temperature 0 is greedy
 * @param topP 1 is off
 * @param topK 0 is off
 * @param minP 0 is off
 * @param repetitionPenalty 1 is off; like the two before it, over the prompt and the answer
 * @param maxTokens absent means as many as the context has room for
 * @param stop texts that end the answer and aren't part of it
 * @param seed absent means a new one each time
 * @param ignoreEnd goes on after the model's own end of text
 */
record Sampling(
    float temperature,
    float topP,
    int topK,
    float minP,
    float presencePenalty,
    float frequencyPenalty,
    float repetitionPenalty,
    OptionalInt maxTokens,
    List<String> stop,
    OptionalLong seed,
    boolean ignoreEnd) {

  /** Copies the stops. */
  Sampling {
    stop = List.copyOf(stop);
  }
}
