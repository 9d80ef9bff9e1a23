package dev.slipway.model.mirror;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.Interrupted;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Tries again what another try can help, a bounded number of times, with pauses that grow and are
 * jittered so that parallel transfers don't knock in step. Thread-safe.
 *
 * @param most tries in a row without success, the first one included
 * @param first the longest pause before the second try; doubled for each further one
 */
record Retries(int most, Duration first) {

  /** Six tries within some ten seconds, on top of what the adapters do by themselves. */
  static final Retries USUAL = new Retries(6, Duration.ofMillis(400));

  private static final Duration LONGEST = Duration.ofSeconds(20);

  /** Calls the bucket until it does as asked, or another try can't help. */
  <T> T call(Supplier<T> request) {
    for (int attempt = 1; ; attempt++) {
      try {
        return request.get();
      } catch (CloudFailure failure) {
        if (attempt >= most || !passing(failure)) {
          throw failure;
        }
      }
      pause(attempt);
    }
  }

  /** Waits before the next try. */
  void pause(int attempt) {
    long nanos = Math.min(LONGEST.toNanos(), first.toNanos() << Math.min(attempt - 1, 10));
    try {
      Thread.sleep(Duration.ofNanos(ThreadLocalRandom.current().nextLong(nanos / 2, nanos + 1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopped();
    }
  }

  /** Says that the copy was stopped, and that it can go on. */
  static Interrupted stopped() {
    return new Interrupted(
        "The model was not copied to its end",
        "this process was told to stop.",
        "Run again: what has arrived is not sent again.");
  }

  static boolean passing(CloudFailure failure) {
    return switch (failure.kind()) {
      case THROTTLED, UNREACHABLE, INTERNAL -> true;
      case CREDENTIALS, DENIED, CONFLICT, NOT_FOUND, QUOTA, INVALID -> false;
    };
  }
}
