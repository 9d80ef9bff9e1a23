package dev.slipway.trace;

import java.time.Instant;
import java.util.Optional;

/**
 * What somebody, or a program, thinks of an answer.
 *
 * @param name what is judged, such as {@code user} or {@code faithfulness}; a trace holds one
 *     judgement of each name
 * @param score from -1, bad, to 1, good
 * @param comment in the judge's words
 * @param at when it was given
 */
public record Feedback(String name, double score, Optional<String> comment, Instant at) {
  /** Checks the score. */
  public Feedback {
    if (!(score >= -1 && score <= 1)) {
      throw new IllegalArgumentException("a score is from -1 to 1");
    }
  }
}
