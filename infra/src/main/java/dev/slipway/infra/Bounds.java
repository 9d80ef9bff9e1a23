package dev.slipway.infra;

import dev.slipway.manifest.Scaling;

/**
 * How few and how many instances or copies there can ever be, schedules included.
 *
 * @param most at least 1
 */
record Bounds(int least, int most) {

  static Bounds of(Scaling scaling) {
    int least = scaling.min();
    int most = Math.max(1, scaling.max());
    for (Scaling.Scheduled change : scaling.schedule()) {
      least = Math.min(least, change.min());
      most = Math.max(most, change.max());
    }
    return new Bounds(least, most);
  }

  /** Returns whether the number ever changes by itself. */
  static boolean vary(Scaling scaling) {
    return scaling.min() != scaling.max() || !scaling.schedule().isEmpty();
  }
}
