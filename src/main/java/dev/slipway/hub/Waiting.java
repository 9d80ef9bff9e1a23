package dev.slipway.hub;

import java.time.Duration;
import java.time.Instant;

/** Tells the time and lets it pass, so that tests of long waits take none. */
interface Waiting {

  /** Goes by the machine's clock. */
  Waiting REAL =
      new Waiting() {
        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
          Thread.sleep(duration);
        }
      };

  /** Returns the present moment. */
  Instant now();

  /** Waits. */
  void pause(Duration duration) throws InterruptedException;
}
