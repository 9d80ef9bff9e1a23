package dev.slipway.image;

import java.util.Locale;

/** The processors that an image can be for; the system is Linux with glibc. */
public enum Platform {
  /** x86-64. */
  AMD64,
  /** 64-bit Arm. */
  ARM64;

  /** Returns the processor as image indexes name it. */
  public String architecture() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return "linux/" + architecture();
  }
}
