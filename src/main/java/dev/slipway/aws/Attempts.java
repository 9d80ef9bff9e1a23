package dev.slipway.aws;

import dev.slipway.endpoint.Deadline;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import dev.slipway.failure.Interrupted;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Tries a call again when another try can help: the model is not ready, or the service is away.
 *
 * @param most tries, the first one included
 * @param firstPause before the second try; doubled before each further one, less up to half of it
 *     by chance
 */
record Attempts(int most, Duration firstPause) {

  /**
   * Three tries within half a second: they bridge a dropped connection or one throttled call.
   * Waiting for a model to wake is not for here.
   */
  static final Attempts FEW = new Attempts(3, Duration.ofMillis(150));

  /**
   * Calls until it succeeds, can't, or the deadline leaves no time for another try.
   *
   * @param repeatable says whether the last try left nothing behind that a new one would repeat
   */
  <T> T call(Deadline deadline, BooleanSupplier repeatable, Supplier<T> call) {
    Duration pause = firstPause;
    for (int attempt = 1; ; attempt++) {
      try {
        return call.get();
      } catch (EndpointFailure failure) {
        if (attempt >= most
            || !worthAnother(failure.kind())
            || !repeatable.getAsBoolean()
            || deadline.remaining().compareTo(pause) <= 0) {
          throw failure;
        }
      }
      sleep(pause);
      pause = pause.multipliedBy(2);
    }
  }

  private static boolean worthAnother(Kind kind) {
    return switch (kind) {
      case NOT_READY, UNAVAILABLE -> true;
      case NOT_FOUND, MODEL_ERROR, TIMEOUT, INVALID_REQUEST, DENIED, MALFORMED -> false;
    };
  }

  private static void sleep(Duration pause) {
    long nanos = pause.toNanos();
    try {
      Thread.sleep(Duration.ofNanos(nanos - ThreadLocalRandom.current().nextLong(nanos / 2 + 1)));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Interrupted("The endpoint was not asked again", "Ask again.");
    }
  }
}
