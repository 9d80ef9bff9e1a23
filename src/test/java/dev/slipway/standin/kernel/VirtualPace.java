package dev.slipway.standin.kernel;

import dev.slipway.deploy.Pace;
import java.time.Duration;
import java.time.Instant;

/** A clock that moves only while someone waits, and then at once. Thread-safe. */
public final class VirtualPace implements Pace {
  private Instant now;

  /** Starts at a moment that is always the same. */
  public VirtualPace() {
    this.now = Instant.parse("2026-03-01T12:00:00Z");
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized void pause(Duration duration) {
    now = now.plus(duration);
  }
}
