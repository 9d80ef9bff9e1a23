package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.local.DeploymentState;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ApiKeySecretTest {
  private static final Manifest KEYED =
      new ManifestReader()
          .read(
              "name: chat\nmodel: {source: \"file:m.gguf\"}\napi: {keys: \"secret:my-keys\"}\n",
              "slipway.yaml",
              Path.of("/home/me"),
              Optional.empty(),
              _ -> Optional.empty());

  private static UpDocument document() {
    var state =
        new DeploymentState(
            "chat",
            "default",
            "",
            "",
            DeploymentState.Phase.RUNNING,
            new DeploymentState.Runner(1, 0),
            new DeploymentState.Addresses("http://127.0.0.1:8000", "", "", "", ""),
            new DeploymentState.Endpoint("chat", "InService", "realtime", "llama.cpp"),
            1,
            new DeploymentState.Model("", ""),
            "");
    return UpDocument.of(state, false, KEYED.api().keys());
  }

  @Test
  void aCallerTakesTheFirstKeyOfTheVariable() {
    var secret = KEYED.api().keys().orElseThrow();

    assertThat(ApiKeySecret.any(secret, Map.of("SLIPWAY_SECRET_MY_KEYS", "\n one \ntwo\n")))
        .contains("one");
    assertThat(ApiKeySecret.any(secret, Map.of())).isEmpty();
  }

  @Test
  void thePrintedCurlLineTakesTheKeyFromTheVariableAndNeverShowsIt() throws Exception {
    String line = "printf '%s\\n' " + document().curl().substring("curl ".length());
    var shell = new ProcessBuilder("sh", "-c", line);
    shell.environment().put("SLIPWAY_SECRET_MY_KEYS", "sesame\nother");

    Process process = shell.start();

    assertThat(document().curl()).doesNotContain("sesame");
    assertThat(process.inputReader().lines()).contains("Authorization: Bearer sesame");
  }
}
