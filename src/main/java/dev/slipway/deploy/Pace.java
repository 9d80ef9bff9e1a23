package dev.slipway.deploy;

import java.time.Duration;
import java.time.Instant;

/** Tells the time and lets it pass, so that tests of long waits take none. */
public interface Pace {

  /** Returns the present moment. */
  Instant now();

  /**
   * Waits.
   *
   * @throws dev.slipway.failure.Interrupted if the thread was asked to stop meanwhile
   */
  void pause(Duration duration);

  /** Goes by the machine's clock. */
  static Pace real() {
    return new RealPace();
  }
}
