package dev.slipway.local.container;

import dev.slipway.model.GgufHeader;
import java.util.List;

/**
 * Estimates what a model takes in memory: the file as it is, keys and values of every token in
 * flight, and the engine's work space.
 */
final class MemoryNeed {
  // A JVM with the heap that the container gets, its code, and the native library.
  private static final long PROCESS_BYTES = 256L << 20;
  // llama.cpp's n_ubatch: so many tokens are worked on at once.
  private static final long BATCH = 512;

  private MemoryNeed() {}

  /**
   * Returns the bytes.
   *
   * @param fileBytes of the GGUF
   * @param tokens of all requests in flight together
   */
  static long of(GgufHeader header, long fileBytes, long tokens) {
    String name = header.architecture().orElse("");
    long layers = number(header, name + ".block_count", 0);
    long width = number(header, name + ".embedding_length", 0);
    long heads = Math.max(1, number(header, name + ".attention.head_count", 1));
    long keyHeads = Math.max(1, number(header, name + ".attention.head_count_kv", heads));
    long key = number(header, name + ".attention.key_length", width / heads);
    long value = number(header, name + ".attention.value_length", width / heads);
    long cache = tokens * layers * keyHeads * (key + value) * 2; // f16
    long vocabulary =
        header.metadata().get("tokenizer.ggml.tokens") instanceof List<?> words ? words.size() : 0;
    long feedForward = number(header, name + ".feed_forward_length", 4 * width);
    long scores = BATCH * heads * tokens * 4; // f32 attention scores of one layer
    long work = BATCH * (vocabulary + 2 * feedForward + 4 * width) * 4 + scores;
    return fileBytes + cache + work + PROCESS_BYTES;
  }

  /** Returns a number of the header; where it differs from layer to layer, the largest. */
  private static long number(GgufHeader header, String key, long otherwise) {
    return switch (header.metadata().get(key)) {
      case Long value -> value;
      case List<?> values ->
          values.stream()
              .filter(Long.class::isInstance)
              .mapToLong(Long.class::cast)
              .max()
              .orElse(otherwise);
      case null, default -> otherwise;
    };
  }
}
