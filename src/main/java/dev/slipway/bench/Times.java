package dev.slipway.bench;

import java.time.Duration;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** Keeps many times in little memory, to within a thousandth of each. Not thread-safe. */
public final class Times {
  private static final double NANOS_PER_MILLI = 1e6;

  private final Histogram histogram = new Histogram(3);

  Times() {}

  void add(Duration time) {
    histogram.recordValue(Math.max(0, time.toNanos()));
  }

  /** Returns what they come to; absent if there is none. */
  Optional<Summary> summary() {
    return histogram.getTotalCount() == 0
        ? Optional.empty()
        : Optional.of(
            new Summary(
                histogram.getMean() / NANOS_PER_MILLI,
                histogram.getValueAtPercentile(50) / NANOS_PER_MILLI,
                histogram.getValueAtPercentile(99) / NANOS_PER_MILLI,
                histogram.getMaxValue() / NANOS_PER_MILLI));
  }

  /**
   * What times come to, in milliseconds.
   *
   * @param median half are shorter
   * @param p99 one in a hundred is longer
   * @param max the longest
   */
  public record Summary(double mean, double median, double p99, double max) {}
}
