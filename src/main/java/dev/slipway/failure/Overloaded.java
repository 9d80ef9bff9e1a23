package dev.slipway.failure;

import java.time.Duration;

/** Says that a configured limit is reached; the caller may try again after {@link #retryAfter}. */
public final class Overloaded extends Failure {

  /** Which kind of limit was reached. */
  public enum Limit {
    /** The caller's own allowance: HTTP 429. */
    RATE,
    /** The service's capacity: HTTP 503. */
    CAPACITY
  }

  private final Limit limit;
  private final Duration retryAfter;

  /** Makes a refusal for the given limit. */
  public Overloaded(Limit limit, String what, String why, Duration retryAfter) {
    super(
        limit == Limit.RATE ? "rate_limited" : "overloaded",
        what,
        why,
        // Rounded up: who comes a moment early is refused again.
        "Try again in " + Math.max(1, retryAfter.plusMillis(999).toSeconds()) + " s.",
        true,
        null);
    this.limit = limit;
    this.retryAfter = retryAfter;
  }

  /** Returns which kind of limit was reached. */
  public Limit limit() {
    return limit;
  }

  /** Returns how long to wait before another try. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
