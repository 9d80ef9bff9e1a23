package dev.slipway.deploy;

import dev.slipway.failure.CloudFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** Asks the cloud how something is, through short troubles of the network: hours pass in a wait. */
record Looking(Pace pace) {
  /** How long a wait goes on without an answer, after the adapter's own retries. */
  private static final Duration BLIND = Duration.ofMinutes(5);

  private static final Duration FIRST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /**
   * Returns the answer.
   *
   * @throws CloudFailure if it can't be had for minutes, or never
   */
  <T> T at(Supplier<T> question) {
    Instant end = pace.now().plus(BLIND);
    Duration wait = FIRST;
    while (true) {
      try {
        return question.get();
      } catch (CloudFailure trouble) {
        if (!trouble.retriable() || pace.now().isAfter(end)) {
          throw trouble;
        }
        pace.pause(wait);
        wait = wait.multipliedBy(2).compareTo(LONGEST) < 0 ? wait.multipliedBy(2) : LONGEST;
      }
    }
  }
}
