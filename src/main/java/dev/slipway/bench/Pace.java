package dev.slipway.bench;

import java.time.Duration;
import java.util.SplittableRandom;

/** When the requests of a load are due. */
public sealed interface Pace {
  /**
   * Each client asks, waits for its answer, and asks again: a closed loop. A service that slows
   * down is asked less, so its times say nothing of callers that don't wait for one another.
   *
   * @param clients how many at once
   */
  record Closed(int clients) implements Pace {
    /** Checks the number. */
    public Closed {
      if (clients < 1) {
        throw new IllegalArgumentException("at least one client is needed");
      }
    }
  }

  /**
   * Requests come at their rate, whatever became of those before: an open loop.
   *
   * @param perSecond how many are due in a second
   * @param spread how they are spread over it
   * @param seed makes the same times again
   * @param atOnce how many may be under way; one more waits, and its time counts from when it was
   *     due
   */
  record Open(double perSecond, Spread spread, long seed, int atOnce) implements Pace {
    /** Checks the numbers. */
    public Open {
      if (!(perSecond > 0) || perSecond > 1e6) {
        throw new IllegalArgumentException("a rate is above 0, and at most a million");
      }
      if (atOnce < 1) {
        throw new IllegalArgumentException("at least one request must be allowed");
      }
    }

    /** Returns the gaps before each request: the first is due after the first of them. */
    Gaps gaps() {
      SplittableRandom random = new SplittableRandom(seed);
      double mean = Duration.ofSeconds(1).toNanos() / perSecond;
      return switch (spread) {
        case CONSTANT -> () -> mean;
        case POISSON -> () -> -Math.log1p(-random.nextDouble()) * mean;
      };
    }
  }

  /** How arrivals are spread over time. */
  enum Spread {
    /** All gaps are equal. */
    CONSTANT,
    /** As of many callers that know nothing of one another: gaps are exponential. */
    POISSON
  }

  /** Tells one gap after the other; not thread-safe. */
  interface Gaps {
    /** Returns the next gap in nanoseconds. */
    double next();
  }
}
