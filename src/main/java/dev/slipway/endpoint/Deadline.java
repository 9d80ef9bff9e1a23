package dev.slipway.endpoint;

import java.time.Duration;

/**
 * Says until when an answer is of use, on the monotonic clock of this process.
 *
 * @param nanoTime the {@link System#nanoTime} at which it is over
 */
public record Deadline(long nanoTime) {

  /** Returns the deadline so long from now. */
  public static Deadline in(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  /** Returns how long is left; zero once it is over. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }

  /** Returns whether it is over. */
  public boolean over() {
    return nanoTime - System.nanoTime() <= 0;
  }
}
