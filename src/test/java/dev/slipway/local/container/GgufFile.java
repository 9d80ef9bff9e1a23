package dev.slipway.local.container;

import dev.slipway.model.GgufBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes heads of GGUF files that have one small tensor. */
final class GgufFile {
  private GgufFile() {}

  /** Writes a head with texts, unsigned numbers of 32 bits and lists of texts. */
  static Path write(Path file, Map<String, Object> metadata) throws IOException {
    GgufBytes gguf = new GgufBytes();
    metadata.forEach((key, value) -> add(gguf, key, value));
    return Files.write(file, gguf.tensor("token_embd.weight", new float[8], 8).bytes());
  }

  private static void add(GgufBytes gguf, String key, Object value) {
    switch (value) {
      case String text -> gguf.text(key, text);
      case Integer number -> gguf.number(key, number);
      case List<?> texts -> gguf.texts(key, texts.stream().map(String.class::cast).toList());
      default -> throw new IllegalArgumentException(key);
    }
  }

  /** Returns the head of a whole model of an architecture. */
  static Map<String, Object> model(String architecture, int layers, int width, int context) {
    return Map.of(
        "general.architecture",
        architecture,
        "tokenizer.ggml.model",
        "llama",
        "tokenizer.ggml.tokens",
        List.of("<s>", "a"),
        architecture + ".block_count",
        layers,
        architecture + ".embedding_length",
        width,
        architecture + ".attention.head_count",
        4,
        architecture + ".context_length",
        context);
  }
}
