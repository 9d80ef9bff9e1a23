package dev.slipway.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC);
  private final Path file;

  ContainerLogTest(@TempDir Path folder) {
    this.file = folder.resolve("logs").resolve("container.log");
  }

  @Test
  void linesAreDatedAndForTheOwnerOnly() throws IOException {
    try (ContainerLog log = new ContainerLog(file, 1_000, CLOCK)) {
      log.add("one\u0007 \u001b[31mred");
      log.add("two");
    }
    assertThat(Files.readAllLines(file))
        .containsExactly("2026-01-02T03:04:05.678Z one [31mred", "2026-01-02T03:04:05.678Z two");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatWasLoggedBeforeStays() throws IOException {
    try (ContainerLog log = new ContainerLog(file, 1_000, CLOCK)) {
      log.add("one");
    }
    try (ContainerLog log = new ContainerLog(file, 1_000, CLOCK)) {
      log.add("two");
    }
    assertThat(Files.readAllLines(file)).hasSize(2);
  }

  @Test
  void neverTakesMoreThanTwiceItsBound() throws IOException {
    Path rotated = file.resolveSibling("container.log.1");
    try (ContainerLog log = new ContainerLog(file, 1_000, CLOCK)) {
      for (int i = 0; i < 200; i++) {
        log.add("line " + i);
      }
      assertThat(log.lastLines()).hasSize(40).endsWith("line 199");
    }
    assertThat(Files.size(file)).isBetween(1L, 1_000L);
    assertThat(Files.size(rotated)).isBetween(900L, 1_000L);
    assertThat(Files.readAllLines(file).getLast()).endsWith("line 199");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
