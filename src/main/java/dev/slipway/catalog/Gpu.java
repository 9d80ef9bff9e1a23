package dev.slipway.catalog;

/**
 * One kind of GPU.
 *
 * @param model such as {@code A10G}
 * @param memoryMib of one of them
 * @param computeCapability tenfold: 75 for NVIDIA's 7.5
 * @param defaultDriver the major version of the NVIDIA driver where an endpoint configuration names
 *     no {@code InferenceAmiVersion}
 */
public record Gpu(String model, int memoryMib, int computeCapability, int defaultDriver) {
  /** NVIDIA's first with 16-bit brain floats: Ampere. */
  private static final int FIRST_WITH_BFLOAT16 = 80;

  /** Checks the numbers. */
  public Gpu {
    if (memoryMib <= 0 || computeCapability <= 0 || defaultDriver <= 0) {
      throw new IllegalArgumentException("numbers of " + model + " must be more than 0");
    }
  }

  /** Returns whether it computes with bfloat16. */
  public boolean hasBfloat16() {
    return computeCapability >= FIRST_WITH_BFLOAT16;
  }
}
