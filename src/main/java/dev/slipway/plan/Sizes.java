package dev.slipway.plan;

import java.util.Locale;

/** Writes sizes the way messages show them. */
public final class Sizes {
  private static final double GIB = 1L << 30;

  private Sizes() {}

  /** Returns bytes in GiB with one digit: {@code 14.9 GiB}. */
  public static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
  }

  /** Returns bytes in GiB, and in MiB where those say more: {@code 4.1 MiB}. */
  public static String bytes(long bytes) {
    return bytes >= GIB / 10
        ? gib(bytes)
        : String.format(Locale.ROOT, "%.1f MiB", bytes * 1024 / GIB);
  }

  /** Returns US dollars: {@code $1.52}. */
  public static String usd(double dollars) {
    return String.format(Locale.ROOT, "$%.2f", dollars);
  }
}
