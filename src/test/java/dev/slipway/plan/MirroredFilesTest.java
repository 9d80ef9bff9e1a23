package dev.slipway.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.model.Lock;
import dev.slipway.model.ModelFile;
import dev.slipway.model.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MirroredFilesTest {
  private static final String INSTANCE = "endpoint: {instance: ml.g5.2xlarge}\n";

  private static Lock lock(String... paths) {
    return Given.lock(
        Stream.of(paths).map(path -> Given.file(path, 1000)).toList(), Given.noFacts());
  }

  @Test
  void aGgufStaysBehindWhereTheServerReadsSafetensors() {
    Lock both = lock("config.json", "model.gguf", "model.safetensors");
    Lock one = lock("config.json", "model.safetensors");

    assertThat(MirroredFiles.of(Given.manifest("").model(), both)).isEqualTo(one);
    assertThat(Given.blueprint(INSTANCE, both))
        .usingRecursiveComparison()
        .isEqualTo(Given.blueprint(INSTANCE, one));
    assertThat(Given.endpoint(INSTANCE, both).model().bytes()).isEqualTo(2000);
    assertThat(Given.endpoint(INSTANCE, both).model().key()).isEqualTo(ModelKeys.prefix(one));
  }

  @Test
  void aGgufAloneIsTheModel() {
    Lock gguf = lock("model-00001-of-00002.gguf", "model-00002-of-00002.gguf");

    assertThat(MirroredFiles.of(Given.manifest("").model(), gguf)).isSameAs(gguf);
  }

  @Test
  void filesThatTheManifestNamesAreAllWanted() {
    Lock both = lock("model.gguf", "model.safetensors");
    var model =
        Given.whole("name: chat\nmodel: {source: \"hf://org/name\", files: [\"model.*\"]}\n")
            .model();

    assertThat(MirroredFiles.of(model, both)).isSameAs(both);
  }

  @Test
  void whatIsCopiedIsWhatTheLockSaysIsCopied() {
    var model = Given.manifest("").model();
    Lock both = lock("model.gguf", "model.safetensors");
    var snapshot =
        new Snapshot(model.source(), "c0ffee", both.files(), Given.noFacts(), Path.of("here"));
    List<ModelFile> copied = MirroredFiles.of(model, snapshot).files();

    assertThat(copied).isEqualTo(MirroredFiles.of(model, both).files()).hasSize(1);
  }
}
