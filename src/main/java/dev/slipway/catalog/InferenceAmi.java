package dev.slipway.catalog;

/**
 * One {@code InferenceAmiVersion}: the machine image below the container, with its driver.
 *
 * @param driver the NVIDIA driver's major version
 * @param cuda the newest CUDA version that the driver is made for
 */
public record InferenceAmi(String name, int driver, String cuda) {

  /**
   * Returns whether a driver runs what was built with a CUDA version: a driver runs its own CUDA
   * and all before it, and all minor versions of its own major one (NVIDIA, CUDA Compatibility:
   * minor version compatibility).
   *
   * @param driver the major version
   * @param cuda such as {@code 13.0}
   */
  public static boolean runs(int driver, String cuda) {
    int major = Integer.parseInt(cuda.split("\\.", 2)[0]);
    return driver >= leastDriver(major);
  }

  /** Returns the oldest driver that a major CUDA version runs on, by NVIDIA's release notes. */
  public static int leastDriver(int cudaMajor) {
    return switch (cudaMajor) {
      case 11 -> 450;
      case 12 -> 525;
      case 13 -> 580;
      default -> cudaMajor < 11 ? 0 : Integer.MAX_VALUE;
    };
  }
}
