package dev.slipway.bench;

import java.util.ArrayList;
import java.util.List;

/** Tells growth from noise. */
final class Trend {
  private Trend() {}

  /**
   * Returns how much evenly spaced values grow from the first to the last, as a part of their
   * median: by the median slope of all pairs (Theil and Sen), which a single outlier does not move.
   */
  static double growth(List<Double> values) {
    List<Double> slopes = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      for (int j = i + 1; j < values.size(); j++) {
        slopes.add((values.get(j) - values.get(i)) / (j - i));
      }
    }
    if (slopes.isEmpty()) {
      throw new IllegalArgumentException("a trend needs two values");
    }
    return Drive.median(slopes) * (values.size() - 1) / Drive.median(values);
  }
}
