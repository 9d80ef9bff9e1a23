package dev.slipway.deploy;

import dev.slipway.failure.Interrupted;
import java.time.Duration;
import java.time.Instant;

/** Goes by the machine's clock. */
record RealPace() implements Pace {

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "The wait was interrupted",
          "this process was told to stop.",
          "Look again: slipway status --watch.");
    }
  }
}
