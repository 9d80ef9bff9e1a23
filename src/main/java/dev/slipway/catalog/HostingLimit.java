package dev.slipway.catalog;

import java.time.Duration;
import java.time.LocalDate;

/**
 * A bound that hosting imposes.
 *
 * @param value in the unit
 * @param unit of the value
 * @param source where it is written
 * @param seen when it was read there
 */
public record HostingLimit(long value, Unit unit, String source, LocalDate seen) {

  /** What a limit counts. */
  public enum Unit {
    /** Bytes. */
    BYTES,
    /** Seconds. */
    SECONDS,
    /** Things, such as tags. */
    ITEMS
  }

  /**
   * Returns it as a time.
   *
   * @throws IllegalStateException if it counts something else
   */
  public Duration duration() {
    if (unit != Unit.SECONDS) {
      throw new IllegalStateException("not a time: " + this);
    }
    return Duration.ofSeconds(value);
  }
}
