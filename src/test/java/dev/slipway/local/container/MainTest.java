package dev.slipway.local.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private final Path folder;

  MainTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void endsWithItsStandardInput() throws Exception {
    try (RunningContainer container =
        RunningContainer.start(folder, "--model", "../demo-model/model.gguf")) {
      assertThat(container.report()).matches("\\{\"port\":[0-9]+}");
      assertThat(container.report()).contains("\"status\":\"ready\"", "\"context\":512");
      assertThat(container.endOfInput()).isZero();
    }
  }

  @Test
  void saysWhyItCannotLoadAndEndsWithACodeOfItsOwn() throws Exception {
    Path text = Files.writeString(folder.resolve("text.gguf"), "this is no model");
    try (RunningContainer container = RunningContainer.start(folder, "--model", text.toString())) {
      assertThat(container.report()).contains("\"port\"");
      assertThat(container.report())
          .contains("\"status\":\"failed\"", "its first four bytes are not");
      assertThat(container.exitCode()).isEqualTo(Main.MODEL_FAILED);
    }
  }

  @Test
  void modelThatTheEngineRefusesIsSaidToo() throws Exception {
    Path head = GgufFile.write(folder.resolve("head.gguf"), GgufFile.model("llama", 2, 64, 512));
    try (RunningContainer container = RunningContainer.start(folder, "--model", head.toString())) {
      container.report();
      assertThat(container.report()).contains("llama.cpp refused it");
      assertThat(container.exitCode()).isEqualTo(Main.MODEL_FAILED);
    }
  }

  @Test
  void argumentsAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.parse("--model", "a", "--parallel", "0"))
        .withMessage("--parallel must be a whole number from 1 to 64, is 0");
    assertThatIllegalArgumentException().isThrownBy(() -> Arguments.parse("--port", "1"));
    assertThatIllegalArgumentException().isThrownBy(() -> Arguments.parse("--model"));
    assertThat(Arguments.parse("--model", "a", "--context", "7").context()).isEqualTo(7);
  }
}
