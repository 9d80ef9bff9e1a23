package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.hub.HashCache;
import dev.slipway.hub.HubRegistry;
import dev.slipway.hub.HubSettings;
import dev.slipway.hub.HubStandIn;
import dev.slipway.model.SafetensorsBytes;
import dev.slipway.model.TransferProgress.Transfer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCommandTest {
  private static final String COMMIT = "1".repeat(40);
  private static final String LATER = "2".repeat(40);

  private final HubStandIn hub = new HubStandIn();
  private final Path folder;
  private final CommandLineFixture commandLine;

  ModelCommandTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    var settings = HubSettings.of(Map.of("HF_ENDPOINT", hub.endpoint(), "HOME", folder.toString()));
    Path cache = folder.resolve("cache");
    commandLine =
        new CommandLineFixture(
            folder.resolve("home"),
            new HubRegistry(() -> settings, cache, new HashCache(cache), _ -> {}));
    publish(COMMIT, 100);
    publish(LATER, 200);
    hub.branch("main", COMMIT).branch("v2", LATER);
    manifest("main");
  }

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void aModelIsPinnedFetchedAndVerified() throws IOException {
    JsonNode locked = run(ExitCode.DONE, "lock", "--json").json();
    assertThat(locked.path("source").asText()).isEqualTo("hf://org/name");
    assertThat(locked.path("commit").asText()).isEqualTo(COMMIT);
    assertThat(locked.path("facts").path("architecture").asText()).isEqualTo("LlamaForCausalLM");
    assertThat(locked.path("facts").path("parameters").asLong()).isEqualTo(100);
    assertThat(locked.path("facts").path("dtype").asText()).isEqualTo("float16");
    assertThat(locked.path("facts").has("context_length")).isTrue();
    assertThat(locked.path("files").path(0).fieldNames())
        .toIterable()
        .containsExactly("path", "size", "sha256");
    assertThat(folder.resolve("slipway.lock")).exists();

    hub.branch("main", LATER);
    assertThat(run(ExitCode.DONE, "pull", "--json").json()).as("the pinned one").isEqualTo(locked);
    assertThat(run(ExitCode.DONE, "verify", "--json").json()).isEqualTo(locked);

    JsonNode renewed = run(ExitCode.DONE, "lock", "--json").json();
    assertThat(renewed.path("commit").asText()).as("lock looks anew").isEqualTo(LATER);
  }

  @Test
  void aChangedRevisionMakesTheLockAnew() throws IOException {
    run(ExitCode.DONE, "pull");
    manifest("v2");

    assertThat(run(ExitCode.DONE, "pull", "--json").json().path("commit").asText())
        .isEqualTo(LATER);
  }

  @Test
  void inspectFetchesNothingAndPinsNothing() throws IOException {
    var result = run(ExitCode.DONE, "inspect");

    assertThat(result.out()).contains("model.safetensors").contains("config.json");
    assertThat(result.err()).contains("100 parameters").contains("slipway model lock");
    assertThat(folder.resolve("slipway.lock")).doesNotExist();
  }

  @Test
  void aFileThatWasDamagedHereIsNamed() throws IOException {
    run(ExitCode.DONE, "pull");
    Path snapshot =
        folder.resolve(".cache/huggingface/hub/models--org--name/snapshots").resolve(COMMIT);
    Path blob = snapshot.resolve("model.safetensors").toRealPath();
    byte[] bytes = Files.readAllBytes(blob);
    bytes[bytes.length - 1] ^= 1;
    Files.write(blob, bytes);

    assertThat(run(ExitCode.REFUSED, "verify").err())
        .contains("model.safetensors has other bytes")
        .contains("slipway model pull");
    run(ExitCode.DONE, "pull");
    run(ExitCode.DONE, "verify");
  }

  @Test
  void verifyWithoutALockSaysHowToMakeOne() throws IOException {
    assertThat(run(ExitCode.FAILED, "verify").err()).contains("slipway model lock");
  }

  @Test
  void progressSaysBytesRateAndTimeLeft() {
    assertThat(
            TransferLine.text(new Transfer("f", 2_000_000_000, 15_000_000_000L, 100_000_000), 10))
        .isEqualTo("2.00 GB of 15.00 GB (13 %), 10.0 MB/s, 21 min 40 s left");
  }

  private void publish(String commit, int parameters) {
    String config = "{\"architectures\": [\"LlamaForCausalLM\"], \"torch_dtype\": \"float16\"}";
    hub.file(commit, "config.json", config.getBytes(StandardCharsets.UTF_8), false)
        .file(commit, "model.safetensors", SafetensorsBytes.halfFloats("w", parameters), true);
  }

  private void manifest(String revision) throws IOException {
    Files.writeString(
        folder.resolve("slipway.yaml"),
        "name: chat\nmodel: {source: \"hf://org/name\", revision: " + revision + "}\n");
  }

  private CommandLineFixture.Result run(int code, String action, String... more) {
    var arguments = new java.util.ArrayList<String>();
    arguments.addAll(
        java.util.List.of("model", action, "-f", folder.resolve("slipway.yaml").toString()));
    arguments.addAll(java.util.List.of(more));
    var result = commandLine.run(arguments.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.err() + result.out()).isEqualTo(code);
    return result;
  }
}
