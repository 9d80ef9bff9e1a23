package dev.slipway.model;

import dev.slipway.failure.Refused;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds what the head of a safetensors file says, read without loading a weight.
 *
 * <p>The format is that of the safetensors project: eight bytes with the head's length
 * (little-endian), the head as one JSON object, then every tensor's bytes without a gap.
 *
 * @param metadata the texts under {@code __metadata__}, empty where there are none
 * @param tensors in the order of their data
 */
public record SafetensorsHeader(Map<String, String> metadata, List<Tensor> tensors) {

  /** Copies both. */
  public SafetensorsHeader {
    metadata = Map.copyOf(metadata);
    tensors = List.copyOf(tensors);
  }

  /**
   * One tensor.
   *
   * @param name its name
   * @param dtype as the file names it: {@code F16}, {@code BF16}, {@code I32}
   * @param shape outermost first; empty for a single value
   * @param begin where its bytes start, counted from the end of the head
   * @param end where they stop
   */
  public record Tensor(String name, String dtype, List<Long> shape, long begin, long end) {
    /** Copies the shape. */
    public Tensor {
      shape = List.copyOf(shape);
    }

    /** Returns how many values the tensor has. */
    public long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }

  /** Returns how many values all tensors have together. */
  public long parameters() {
    return tensors.stream().mapToLong(Tensor::elements).sum();
  }

  /** Returns how many bytes all tensors take together. */
  public long weightsBytes() {
    return tensors.stream().mapToLong(tensor -> tensor.end() - tensor.begin()).sum();
  }

  /** Returns how many values there are of each type that the file names. */
  public Map<String, Long> elementsByDtype() {
    Map<String, Long> elements = new HashMap<>();
    tensors.forEach(tensor -> elements.merge(tensor.dtype(), tensor.elements(), Long::sum));
    return Map.copyOf(elements);
  }

  /**
   * Returns a type in the words of {@link ModelFacts#dtype}: {@code F16} is {@code float16}; absent
   * for one that the format doesn't know.
   */
  public static Optional<String> dtypeName(String dtype) {
    return SafetensorsReader.dtype(dtype).map(SafetensorsReader.Dtype::name);
  }

  /**
   * Reads the head of a file.
   *
   * @throws Refused if the file isn't safetensors, its head is cut short or corrupt, or the data
   *     that it describes isn't exactly the rest of the file
   * @throws IOException if it can't be read
   */
  public static SafetensorsHeader read(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(String.valueOf(file.getFileName()), Files.size(file), in);
    }
  }

  /**
   * Reads the head of a file that may be anywhere, and no byte after it.
   *
   * @param name of the file, for messages
   * @param size of the whole file in bytes
   * @param in stands at the file's first byte; stays open
   * @throws Refused as {@link #read(Path)}
   * @throws IOException if it can't be read
   */
  public static SafetensorsHeader read(String name, long size, InputStream in) throws IOException {
    return new SafetensorsReader(name, size, in).header();
  }
}
