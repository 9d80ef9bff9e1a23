package dev.slipway.local.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes heads of GGUF files that have one small tensor, and no weights. */
final class GgufFile {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private GgufFile() {}

  /** Writes a head with texts, unsigned numbers of 32 bits and lists of texts. */
  static Path write(Path file, Map<String, Object> metadata) throws IOException {
    GgufFile gguf = new GgufFile();
    gguf.out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    gguf.int32(3);
    gguf.int64(1);
    gguf.int64(metadata.size());
    metadata.forEach(gguf::pair);
    gguf.text("token_embd.weight");
    gguf.int32(1);
    gguf.int64(8);
    gguf.int32(1);
    gguf.int64(0);
    gguf.tensorData(8 * Short.BYTES);
    return Files.write(file, gguf.out.toByteArray());
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

  /** Writes zeros where the tensors begin: GGUF aligns them to 32 bytes. */
  private void tensorData(int bytes) {
    out.writeBytes(new byte[Math.floorMod(-out.size(), 32) + bytes]);
  }

  private void pair(String key, Object value) {
    text(key);
    switch (value) {
      case String text -> {
        int32(8);
        text(text);
      }
      case Integer number -> {
        int32(4);
        int32(number);
      }
      case List<?> texts -> {
        int32(9);
        int32(8);
        int64(texts.size());
        texts.forEach(text -> text((String) text));
      }
      default -> throw new IllegalArgumentException(key);
    }
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int64(bytes.length);
    out.writeBytes(bytes);
  }

  private void int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private void int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }
}
