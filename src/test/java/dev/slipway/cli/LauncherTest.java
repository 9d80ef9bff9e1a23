package dev.slipway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs the search for a JDK that {@code ./slipway} and {@code ./mvnw} share. */
final class LauncherTest {
  private static final String SEARCH = "set -eu; . ../.mvn/jdk.sh; find_jdk25";

  @Test
  void aServiceWithoutAHomeFindsTheJdkToo() throws Exception {
    String java = Path.of(System.getProperty("java.home")).toString();

    assertThat(search(Map.of("JAVA_HOME", java))).isEqualTo(java + "\n");
  }

  @Test
  void aWrongSlipwayJavaHomeIsNamedWithWhatToDo() throws Exception {
    assertThat(search(Map.of("SLIPWAY_JAVA_HOME", "/nowhere")))
        .contains("SLIPWAY_JAVA_HOME=/nowhere", "there is no JDK there.", "unset it");
  }

  private static String search(Map<String, String> environment)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder("/bin/sh", "-c", SEARCH).redirectErrorStream(true);
    String path = System.getenv("PATH");
    builder.environment().clear();
    builder.environment().put("PATH", path);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return said;
  }
}
