package dev.slipway.bench;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What one request came to. All times count from when it was due, which in an open loop is not when
 * there was a connection for it: who waits for the load generator waits for the service.
 *
 * @param end how it ended
 * @param note the status, or what happened instead of one
 * @param firstToken how long its first token took; absent for an answer in one piece
 * @param whole how long it took to its end
 * @param tokens how many it was answered with: as the service counts them, else events with text
 * @param gaps the time between each two events with text
 */
record Sample(
    End end,
    String note,
    Optional<Duration> firstToken,
    Duration whole,
    int tokens,
    List<Duration> gaps) {
  Sample {
    gaps = List.copyOf(gaps);
  }

  /** Makes one of a request that has no answer. */
  static Sample without(End end, String note, Duration whole) {
    return new Sample(end, note, Optional.empty(), whole, 0, List.of());
  }

  /** Returns the time per token after the first; absent for an answer in one piece, or of one. */
  Optional<Duration> perToken() {
    return tokens > 1
        ? firstToken.map(first -> whole.minus(first).dividedBy(tokens - 1))
        : Optional.empty();
  }

  /** How a request ends. */
  enum End {
    /** With its whole answer. */
    SUCCESSFUL,
    /** With an answer that began and has no end. */
    INCOMPLETE,
    /** With 429 or 503: the service has no place for it, and says so. */
    REFUSED,
    /** With another status, or none. */
    FAILED
  }
}
