package dev.slipway.infra;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Programs of others that tests need: a test without its program is skipped, in CI it fails. */
final class Outside {
  private Outside() {}

  static void needs(String program) {
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(
          Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))),
          program + " is not on the PATH");
    }
  }
}
