package dev.slipway.model;

import dev.slipway.failure.Refused;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Holds what the head of a GGUF file says, read without loading a weight.
 *
 * <p>The format is GGUF version 2 or 3, as ggml's {@code docs/gguf.md} describes it: magic,
 * version, tensor count, key-value pairs, tensor descriptions; little-endian.
 *
 * @param metadata values by key, in the file's order: {@link String}, {@link Long}, {@link Double},
 *     {@link Boolean}, or a {@link List} of these
 * @param tensors in the file's order
 */
public record GgufHeader(Map<String, Object> metadata, List<Tensor> tensors) {

  /** Copies both. */
  public GgufHeader {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    tensors = List.copyOf(tensors);
  }

  /**
   * One tensor.
   *
   * @param name its name
   * @param dimensions its shape, innermost first
   * @param type ggml's number for its type
   */
  public record Tensor(String name, List<Long> dimensions, int type) {
    /** Returns how many values the tensor has. */
    public long elements() {
      return dimensions.stream().reduce(1L, Math::multiplyExact);
    }

    /** Returns how many bytes its values take, or 0 if its type is one that this reader lacks. */
    public long bytes() {
      return GgmlType.of(type).map(t -> t.bytes(elements())).orElse(0L);
    }
  }

  /** Returns the architecture that the file names, such as {@code llama} or {@code qwen2}. */
  public Optional<String> architecture() {
    return text("general.architecture");
  }

  /** Returns the context window that the model was trained for, in tokens. */
  public OptionalInt contextLength() {
    long length = architectureNumber("context_length").orElse(0L);
    return length > 0 && length <= Integer.MAX_VALUE
        ? OptionalInt.of((int) length)
        : OptionalInt.empty();
  }

  /** Returns how many values all tensors have together. */
  public long parameters() {
    return tensors.stream().mapToLong(Tensor::elements).sum();
  }

  /** Returns how many bytes all tensors take together. */
  public long weightsBytes() {
    return tensors.stream().mapToLong(Tensor::bytes).sum();
  }

  /**
   * Returns the type of the weights: what {@code general.file_type} says ({@code float16}, {@code
   * Q4_K_M}), else the type that most values have; absent where neither is known.
   */
  public Optional<String> dtype() {
    return number("general.file_type").flatMap(GgmlType::fileType).or(this::commonestType);
  }

  /** Returns the text under a key, absent if there is none or it is no text. */
  public Optional<String> text(String key) {
    return metadata.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** Returns the whole number under a key, absent if there is none or it is no whole number. */
  public Optional<Long> number(String key) {
    return metadata.get(key) instanceof Long number ? Optional.of(number) : Optional.empty();
  }

  /** Returns the switch under a key, absent if there is none or it is no switch. */
  public Optional<Boolean> flag(String key) {
    return metadata.get(key) instanceof Boolean flag ? Optional.of(flag) : Optional.empty();
  }

  /** Returns the array under a key, empty if there is none or it is no array. */
  public List<?> list(String key) {
    return metadata.get(key) instanceof List<?> list ? list : List.of();
  }

  /** Returns the number under a key that starts with the architecture's name. */
  Optional<Long> architectureNumber(String key) {
    return architecture().flatMap(a -> number(a + "." + key));
  }

  private Optional<String> commonestType() {
    Map<Integer, Long> elements = new HashMap<>();
    tensors.forEach(tensor -> elements.merge(tensor.type(), tensor.elements(), Long::sum));
    return elements.entrySet().stream()
        .max(Map.Entry.<Integer, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .flatMap(entry -> GgmlType.of(entry.getKey()))
        .map(GgmlType::dtype);
  }

  /**
   * Reads the head of a file.
   *
   * @throws Refused if the file isn't GGUF of a known version, its head is cut short or corrupt, or
   *     its tensors need more bytes than the file has
   * @throws IOException if it can't be read
   */
  public static GgufHeader read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(String.valueOf(file.getFileName()), Files.size(file), in);
    }
  }

  /**
   * Reads the head of a file that may be anywhere, and little after it.
   *
   * @param name of the file, for messages
   * @param size of the whole file in bytes
   * @param in stands at the file's first byte; stays open
   * @throws Refused as {@link #read(Path)}
   * @throws IOException if it can't be read
   */
  public static GgufHeader read(String name, long size, InputStream in) throws IOException {
    try {
      return new GgufReader(name, size, new BufferedInputStream(in, 1 << 16)).header();
    } catch (EOFException | ArithmeticException e) {
      throw notGguf(name, "its head is cut short or corrupt");
    }
  }

  static Refused notGguf(String name, String why) {
    return new Refused(
        "not_gguf",
        "Cannot read " + name + " as a GGUF model",
        why,
        "Give a GGUF file (its first four bytes are \"GGUF\"), or convert the model with llama.cpp's"
            + " convert_hf_to_gguf.py.");
  }
}
