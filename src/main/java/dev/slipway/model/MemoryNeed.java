package dev.slipway.model;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Estimates what a model takes in memory once it is loaded.
 *
 * @param weightsBytes of all tensors, as they lie in the file
 * @param cacheBytes of the keys and values of every token in the window, as 16-bit floats; absent
 *     where the file doesn't say enough
 */
public record MemoryNeed(long weightsBytes, OptionalLong cacheBytes) {

  private static final int BYTES_PER_CACHED_VALUE = 2; // llama.cpp's default cache type is f16

  /**
   * Estimates the need of a GGUF model: its tensors, and {@code layers x (key length + value
   * length) x key-value heads x tokens} values of cache.
   *
   * @param tokens how many the cache holds: the window, once for each request at a time
   */
  public static MemoryNeed of(GgufHeader header, long tokens) {
    return new MemoryNeed(header.weightsBytes(), cacheBytes(header, tokens));
  }

  /** Returns both together; the weights alone where the cache is not known. */
  public long totalBytes() {
    return Math.addExact(weightsBytes, cacheBytes.orElse(0));
  }

  private static OptionalLong cacheBytes(GgufHeader header, long tokens) {
    long layers = header.architectureNumber("block_count").orElse(0L);
    long heads = header.architectureNumber("attention.head_count").orElse(0L);
    long width = header.architectureNumber("embedding_length").orElse(0L);
    long perHead = heads > 0 ? width / heads : 0;
    long keys = header.architectureNumber("attention.key_length").orElse(perHead);
    long values = header.architectureNumber("attention.value_length").orElse(perHead);
    long headsOfAllLayers = keyValueHeads(header, layers, heads);
    if (headsOfAllLayers <= 0 || keys <= 0 || values <= 0) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(
          LongStream.of(headsOfAllLayers, Math.addExact(keys, values), tokens)
              .reduce(BYTES_PER_CACHED_VALUE, Math::multiplyExact));
    } catch (ArithmeticException e) {
      return OptionalLong.empty();
    }
  }

  /** Adds up the heads of every layer: one number for all, or one for each. */
  private static long keyValueHeads(GgufHeader header, long layers, long heads) {
    List<?> each =
        header
            .architecture()
            .map(a -> header.list(a + ".attention.head_count_kv"))
            .orElse(List.of());
    if (!each.isEmpty()) {
      return each.stream().mapToLong(n -> n instanceof Long number ? number : 0).sum();
    }
    long perLayer = header.architectureNumber("attention.head_count_kv").orElse(heads);
    return layers > 0 && layers < 1 << 16 && perLayer < 1 << 20 ? layers * perLayer : 0;
  }
}
