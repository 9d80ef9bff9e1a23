package dev.slipway.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.Reranker;
import dev.slipway.rag.RerankerContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real runtime over a model that is put together byte by byte ({@link TinyCrossEncoder}). */
class OnnxCrossEncoderTest extends RerankerContract {
  private final Path folder;
  private final OnnxCrossEncoder encoder;

  OnnxCrossEncoderTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.encoder = OnnxCrossEncoder.open(TinyCrossEncoder.write(folder.resolve("tiny")));
  }

  @Override
  protected Reranker reranker() {
    return encoder;
  }

  @AfterEach
  void close() {
    encoder.close();
  }

  @Test
  void aFolderWithoutAModelIsRefusedWithAWayOut() {
    assertThatThrownBy(() -> OnnxCrossEncoder.open(folder.resolve("none")))
        .isInstanceOfSatisfying(
            OperationFailed.class,
            failure -> {
              assertThat(failure.code()).isEqualTo("reranker_not_loaded");
              assertThat(failure.next()).contains("rag.rerank");
            });
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    Path broken = TinyCrossEncoder.write(folder.resolve("broken"));
    Files.writeString(broken.resolve("onnx/model.onnx"), "no model");
    assertRefused(broken);

    Path silent = TinyCrossEncoder.write(folder.resolve("silent"));
    Files.delete(silent.resolve("tokenizer.json"));
    assertRefused(silent);
  }

  private static void assertRefused(Path folder) {
    assertThatThrownBy(() -> OnnxCrossEncoder.open(folder))
        .isInstanceOfSatisfying(
            OperationFailed.class,
            failure -> assertThat(failure.code()).isEqualTo("reranker_not_loaded"));
  }
}
