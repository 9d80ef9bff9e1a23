package dev.slipway.store;

/** Brings vectors to length 1, so that their dot product is the cosine of their angle. */
final class UnitVector {

  private UnitVector() {}

  /**
   * Returns the vector at length 1; one of length 0 stays as it is.
   *
   * @throws IllegalArgumentException if a component is not a finite number
   */
  static float[] of(float[] vector) {
    double squares = 0;
    for (float component : vector) {
      if (!Float.isFinite(component)) {
        throw new IllegalArgumentException("vector: every component must be a finite number");
      }
      squares += (double) component * component;
    }
    float[] unit = vector.clone();
    if (squares > 0) {
      double length = Math.sqrt(squares);
      for (int i = 0; i < unit.length; i++) {
        unit[i] = (float) (unit[i] / length);
      }
    }
    return unit;
  }
}
