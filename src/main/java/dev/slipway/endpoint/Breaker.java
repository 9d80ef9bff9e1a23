package dev.slipway.endpoint;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps requests away from an endpoint that fails again and again, so that its callers hear so at
 * once and it is left to recover. After a rest one request is let through: if it works, all are.
 * Thread-safe.
 */
public final class Breaker {
  /** So many failures in a row are no coincidence any more. */
  private static final int FAILURES = 5;

  /** About what a container takes to be restarted. */
  private static final Duration REST = Duration.ofSeconds(10);

  private final int mostFailures;
  private final Duration rest;
  private final LongSupplier nanoTime;
  private int failures;
  private long openedAt;
  private boolean trial;

  /** Makes one that opens after five failures in a row, and rests for ten seconds. */
  public Breaker() {
    this(FAILURES, REST, System::nanoTime);
  }

  /**
   * Makes one.
   *
   * @param mostFailures in a row; with the last of them it opens
   * @param rest how long it stays open before one request may try
   * @param nanoTime a clock such as {@link System#nanoTime}
   */
  Breaker(int mostFailures, Duration rest, LongSupplier nanoTime) {
    this.mostFailures = mostFailures;
    this.rest = rest;
    this.nanoTime = nanoTime;
  }

  /**
   * Asks whether a request may go out; who gets leave tells how it went, whatever happened.
   *
   * @return how long none may; absent if this one may
   */
  synchronized Optional<Duration> blocked() {
    if (failures < mostFailures) {
      return Optional.empty();
    }
    long left = rest.toNanos() - (nanoTime.getAsLong() - openedAt);
    if (left > 0) {
      return Optional.of(Duration.ofNanos(left));
    }
    if (trial) {
      // Somebody tries it already, and will soon know.
      return Optional.of(Duration.ofSeconds(1));
    }
    trial = true;
    return Optional.empty();
  }

  /** Hears that the endpoint did what it is there for: it may be asked freely again. */
  synchronized void worked() {
    failures = 0;
    trial = false;
  }

  /** Hears that it failed by its own fault. */
  synchronized void failed() {
    boolean open = failures >= mostFailures;
    if (open && !trial) {
      // Asked before it opened, and late to say what is known.
      return;
    }
    trial = false;
    if (!open) {
      failures++;
    }
    if (failures >= mostFailures) {
      openedAt = nanoTime.getAsLong();
    }
  }

  /** Hears that nothing can be said: the caller left, or the request was wrong. */
  synchronized void undecided() {
    trial = false;
  }
}
