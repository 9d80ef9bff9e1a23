package dev.slipway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what comes about on other threads, or in other processes. */
public final class Eventually {
  private static final Duration LOOK = Duration.ofMillis(2);

  private Eventually() {}

  /** Waits until the condition holds; fails once the patience is over. */
  public static void holds(String what, Duration patience, BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("within %s: %s", patience, what).isNegative();
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }
}
