package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.local.DeploymentState;
import dev.slipway.local.DeploymentState.Phase;
import dev.slipway.local.StateFolder;
import dev.slipway.local.runtime.HostedEndpoints.Hosted;
import dev.slipway.local.runtime.HostedEndpoints.Status;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.model.ModelFacts;
import dev.slipway.model.ModelSource;
import dev.slipway.model.Snapshot;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LiveStateTest {
  @TempDir private Path home = Path.of("");
  private StateFolder folder = new StateFolder(home);

  @BeforeEach
  void inAFolderOfItsOwn() {
    folder = new StateFolder(home.resolve("state"));
    folder.create();
  }

  @Test
  void everyChangeIsOnDiskAtOnce() throws IOException {
    LiveState state = started("one");
    assertThat(onDisk().phase()).isEqualTo(Phase.STARTING);

    state.hear(endpoint(Status.IN_SERVICE));
    state.runs();

    assertThat(onDisk().phase()).isEqualTo(Phase.RUNNING);
    assertThat(onDisk().endpoint().status()).isEqualTo("InService");
    assertThat(onDisk()).isEqualTo(state.now());
  }

  @Test
  void whatIsToldAfterTheEndIsNotKept() throws IOException {
    LiveState state = started("one");
    state.end(Phase.STOPPED, "");

    state.runs();
    state.hear(endpoint(Status.FAILED));
    state.end(Phase.FAILED, "it is being deleted");

    assertThat(onDisk().phase()).isEqualTo(Phase.STOPPED);
    assertThat(onDisk().lastError()).isEmpty();
    assertThat(onDisk().endpoint().status()).isEqualTo("Creating");
  }

  @Test
  void anotherModelOrManifestIsANewRevisionAndTheSameOnesAreNot() throws IOException {
    started("one").serves(snapshot("a"));
    assertThat(onDisk().revision()).isEqualTo(1);

    started("one").serves(snapshot("a"));
    assertThat(onDisk().revision()).isEqualTo(1);

    started("one").serves(snapshot("b"));
    assertThat(onDisk().revision()).isEqualTo(2);

    started("two").serves(snapshot("b"));
    assertThat(onDisk().revision()).isEqualTo(3);
  }

  private LiveState started(String fingerprint) throws IOException {
    Path file = home.resolve("slipway.yaml");
    Files.writeString(file, "name: chat\nmodel: {source: 'file:m.gguf'}\n");
    var manifest = new ManifestReader().read(file, Optional.empty(), _ -> Optional.empty());
    LiveState state =
        new LiveState(
            new ManifestOptions.Selection(manifest, file, false, fingerprint, new TreeMap<>()),
            folder);
    state.begin();
    return state;
  }

  private DeploymentState onDisk() {
    return folder.read().orElseThrow();
  }

  private static Hosted endpoint(Status status) {
    return new Hosted(
        new EndpointName("chat"),
        status,
        URI.create("http://127.0.0.1:1"),
        List.of(),
        Optional.empty());
  }

  private static Snapshot snapshot(String commit) {
    return new Snapshot(
        ModelSource.parse("file:m.gguf"),
        commit,
        List.of(),
        new ModelFacts(
            Optional.empty(), OptionalLong.empty(), Optional.empty(), OptionalInt.empty()),
        Path.of(""));
  }
}
