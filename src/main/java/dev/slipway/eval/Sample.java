package dev.slipway.eval;

import java.util.Arrays;
import java.util.Collection;
import java.util.SplittableRandom;

/** Numbers, and what they say of the many that they were drawn from. */
final class Sample {
  private static final int RESAMPLES = 2000;

  /** Fixed, so that the same answers give the same report. */
  private static final long SEED = 20_251_123L;

  private final double[] sorted;

  private Sample(double[] values) {
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  static Sample of(Collection<Double> values) {
    return new Sample(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  int size() {
    return sorted.length;
  }

  /** Returns the mean; NaN of nothing. */
  double mean() {
    return Arrays.stream(sorted).average().orElse(Double.NaN);
  }

  /** Returns the value that a share of 0 to 1 lies below, between neighbours by proportion. */
  double quantile(double share) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double place = share * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** Returns where the mean lies with 95 % confidence, by the percentile bootstrap. */
  Interval interval() {
    if (sorted.length == 0) {
      return new Interval(Double.NaN, Double.NaN);
    }
    var random = new SplittableRandom(SEED);
    double[] means = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      double sum = 0;
      for (int j = 0; j < sorted.length; j++) {
        sum += sorted[random.nextInt(sorted.length)];
      }
      means[i] = sum / sorted.length;
    }
    Sample drawn = new Sample(means);
    return new Interval(drawn.quantile(0.025), drawn.quantile(0.975));
  }

  /**
   * Where a mean lies with 95 % confidence.
   *
   * @param low its lower end
   * @param high its upper end
   */
  record Interval(double low, double high) {}
}
