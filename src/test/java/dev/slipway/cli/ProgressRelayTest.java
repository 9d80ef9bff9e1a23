package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgressRelayTest {
  private final StringWriter shown = new StringWriter();
  private final Console console =
      new Console(new PrintWriter(new StringWriter()), new PrintWriter(shown), Map.of(), false);

  @Test
  void linesAreShownWholeAndTheFailureIsLeftToWhoeverTellsIt(@TempDir Path folder)
      throws IOException {
    Path log = Files.writeString(folder.resolve("up.log"), "✓ model\n✗ endp");
    try (ProgressRelay relay = new ProgressRelay(log, console)) {
      relay.relay();
      assertThat(shown.toString()).isEqualTo("✓ model\n");

      Files.writeString(
          log, "oint failed\nerror: Cannot listen\nChoose another.\n", StandardOpenOption.APPEND);
      relay.relay();
      relay.relay();

      assertThat(shown.toString()).isEqualTo("✓ model\n✗ endpoint failed\n");
    }
  }
}
