package dev.slipway.trace;

import java.time.Duration;

/**
 * How long traces are kept, whichever is reached first.
 *
 * @param age the oldest that a trace may become
 * @param traces the most that are kept
 */
record Retention(Duration age, int traces) {
  /** A month, and with prompts of a few kilobytes some hundred megabytes at most. */
  static final Retention DEFAULT = new Retention(Duration.ofDays(30), 20_000);
}
