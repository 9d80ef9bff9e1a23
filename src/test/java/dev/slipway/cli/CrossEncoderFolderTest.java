package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.Failure;
import dev.slipway.hub.FileRegistry;
import dev.slipway.inference.TinyCrossEncoder;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrossEncoderFolderTest {
  private static final String HUB = "hf://cross-encoder/tiny";

  private final Path folder;
  private final Console console =
      new Console(
          new PrintWriter(new StringWriter()),
          new PrintWriter(new StringWriter()),
          Map.of(),
          false);

  CrossEncoderFolderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** A Hub whose one repository is a folder of this machine. */
  private record FolderHub(Path repository) implements ModelRegistry {
    @Override
    public Snapshot resolve(ModelSpec model, Path base, Optional<String> commit) {
      Snapshot found =
          new FileRegistry()
              .resolve(
                  new ModelSpec(
                      new ModelSource.LocalPath(repository.toString()),
                      model.revision(),
                      model.files(),
                      model.allow()),
                  base,
                  Optional.empty());
      return new Snapshot(
          model.source(), found.commit(), found.files(), found.facts(), found.content());
    }

    @Override
    public Snapshot fetch(Snapshot snapshot, TransferProgress progress) {
      return snapshot;
    }
  }

  private Manifest manifest(String rerank) {
    return new ManifestReader()
        .read(
            "name: chat\nmodel: {source: \"hf://org/name\"}\nrag: {rerank: " + rerank + "}\n",
            "slipway.yaml",
            folder,
            Optional.empty(),
            _ -> Optional.empty());
  }

  private Path find(String source) {
    return CrossEncoderFolder.find(
        new FolderHub(folder.resolve("repository")),
        console,
        manifest("none"),
        source,
        folder.resolve("slipway.lock"));
  }

  @Test
  void onlyACrossEncoderHasASource() {
    assertThat(CrossEncoderFolder.source(manifest("none"))).isEmpty();
    assertThat(CrossEncoderFolder.source(manifest("mmr"))).isEmpty();
    assertThat(CrossEncoderFolder.source(manifest("{cross_encoder: \"" + HUB + "\"}")))
        .contains(HUB);
  }

  @Test
  void aFolderIsTakenAsItIs() {
    assertThat(find("file:models/reranker")).isEqualTo(folder.resolve("models/reranker"));
  }

  @Test
  void aRepositoryIsHeldToItsLockFromTheFirstFetchOn() throws IOException {
    Path repository = TinyCrossEncoder.write(folder.resolve("repository"));
    Files.writeString(repository.resolve("pytorch_model.bin"), "not asked for");

    assertThat(find(HUB)).isEqualTo(repository);
    String lock = Files.readString(folder.resolve(CrossEncoderFolder.LOCK));
    assertThat(lock)
        .contains(HUB, "onnx/model.onnx", "tokenizer.json")
        .doesNotContain("pytorch_model.bin");
    assertThat(folder.resolve("slipway.lock")).doesNotExist();

    Files.writeString(repository.resolve("tokenizer.json"), "{}");
    assertThatThrownBy(() -> find(HUB))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("tokenizer.json");
  }
}
