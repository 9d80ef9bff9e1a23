package dev.slipway.cli;

import java.util.List;

/** The JVM flags of the processes that the command line starts. */
final class JavaFlags {
  /** For a process that stays; the launcher gives the same to {@code up} and {@code serve}. */
  static final List<String> SERVICE =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Xlog:aot=off",
          "-Xlog:cds=off");

  private JavaFlags() {}
}
