package dev.slipway.model.mirror;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Says how many parts may be on their way at once: one, as long as the rest takes less than two
 * minutes at the present rate, so that an interruption costs at most one part; more where one
 * connection would make the user wait. Thread-safe.
 */
final class Lanes {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Semaphore free = new Semaphore(1, true);
  private final int most;
  private final LongSupplier clock;
  private final long begun;
  private int lanes = 1;
  private long moved;
  private long widened;

  /**
   * Opens one lane.
   *
   * @param clock nanoseconds from any origin
   */
  Lanes(int most, LongSupplier clock) {
    this.most = most;
    this.clock = clock;
    this.begun = clock.getAsLong();
    this.widened = begun;
  }

  void enter() throws InterruptedException {
    free.acquire();
  }

  void leave() {
    free.release();
  }

  /** Hears that a part has arrived. */
  synchronized void arrived(long bytes, long left) {
    moved += bytes;
    long now = clock.getAsLong();
    double secondsLeft = (now - begun) / 1e9 / moved * left;
    // One more at a time, and only after the last one had time to show in the rate.
    if (lanes < most && secondsLeft > PATIENCE.toSeconds() && now - widened > 2_000_000_000L) {
      lanes++;
      widened = now;
      free.release();
    }
  }

  synchronized int lanes() {
    return lanes;
  }
}
