package dev.slipway.inference;

import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import java.nio.file.Path;

/** Splits text with llama.cpp itself, for tests that hold our tokenizers to it. */
final class LlamaEncoder implements AutoCloseable {

  private final LlamaModel model;

  /**
   * Loads a model.
   *
   * @param temporary a folder of the caller's own: the library unpacks there, and deletes whatever
   *     starts with {@code llama}
   */
  LlamaEncoder(Path gguf, Path temporary) {
    System.setProperty("de.kherud.llama.tmpdir", temporary.toString());
    this.model =
        new LlamaModel(
            new ModelParameters()
                .setModel(gguf.toString())
                .setCtxSize(64)
                .setThreads(1)
                .skipWarmup()
                .setGpuLayers(0));
  }

  int[] encode(String text) {
    return model.encode(text);
  }

  @Override
  public void close() {
    model.close();
  }
}
