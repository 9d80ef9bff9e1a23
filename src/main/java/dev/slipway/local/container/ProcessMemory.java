package dev.slipway.local.container;

import dev.slipway.model.GgufHeader;
import dev.slipway.model.MemoryNeed;
import java.util.List;

/**
 * Estimates what the process of a model takes in memory: the file as it is, the cache of every
 * token in flight, and the engine's work space.
 */
final class ProcessMemory {
  // A JVM with the heap that the container gets, its code, and the native library.
  private static final long PROCESS_BYTES = 256L << 20;
  // llama.cpp's n_ubatch: so many tokens are worked on at once.
  private static final long BATCH = 512;

  private ProcessMemory() {}

  /**
   * Returns the bytes.
   *
   * @param fileBytes of the GGUF
   * @param tokens of all requests in flight together
   */
  static long of(GgufHeader header, long fileBytes, long tokens) {
    String name = header.architecture().orElse("");
    long width = number(header, name + ".embedding_length", 0);
    long heads = Math.max(1, number(header, name + ".attention.head_count", 1));
    long cache = MemoryNeed.of(header, tokens).cacheBytes().orElse(0);
    long vocabulary = header.list("tokenizer.ggml.tokens").size();
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
