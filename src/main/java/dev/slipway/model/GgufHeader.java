package dev.slipway.model;

import dev.slipway.failure.Refused;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * @param metadata values by key: {@link String}, {@link Long}, {@link Double}, {@link Boolean}, or
 *     a {@link List} of these
 * @param tensors in the file's order
 */
public record GgufHeader(Map<String, Object> metadata, List<Tensor> tensors) {

  private static final int MAGIC = 0x46554747; // "GGUF", little-endian
  // Bounds that no real file reaches; a corrupt count must not fill the memory.
  private static final long MAX_ENTRIES = 1 << 20;
  private static final long MAX_STRING_BYTES = 1 << 24;
  private static final long MAX_ARRAY = 1 << 24;

  /** Copies the tensors. */
  public GgufHeader {
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
  }

  /** Returns the architecture that the file names, such as {@code llama} or {@code qwen2}. */
  public Optional<String> architecture() {
    return text("general.architecture");
  }

  /** Returns the context window that the model was trained for, in tokens. */
  public OptionalInt contextLength() {
    return architecture().map(a -> metadata.get(a + ".context_length")).orElse(null)
            instanceof Long length
        ? OptionalInt.of(Math.toIntExact(length))
        : OptionalInt.empty();
  }

  /** Returns how many values all tensors have together. */
  public long parameters() {
    return tensors.stream().mapToLong(Tensor::elements).sum();
  }

  /** Returns the text under a key, absent if there is none or it is no text. */
  public Optional<String> text(String key) {
    return metadata.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /**
   * Reads the head of a file.
   *
   * @throws Refused if the file isn't GGUF of a known version, or its head is cut short or corrupt
   * @throws IOException if it can't be read
   */
  public static GgufHeader read(Path file) throws IOException {
    try (var in = new Reader(file)) {
      return in.header();
    } catch (EOFException | ArithmeticException e) {
      throw notGguf(file, "its head is cut short or corrupt");
    }
  }

  private static Refused notGguf(Path file, String why) {
    return new Refused(
        "not_gguf",
        "Cannot read " + file.getFileName() + " as a GGUF model",
        why,
        "Give a GGUF file (its first four bytes are \"GGUF\"), or convert the model with llama.cpp's"
            + " convert_hf_to_gguf.py.");
  }

  private static final class Reader implements AutoCloseable {
    private final Path file;
    private final InputStream in;

    Reader(Path file) throws IOException {
      this.file = file;
      this.in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    GgufHeader header() throws IOException {
      if (uint32() != MAGIC) {
        throw notGguf(file, "its first four bytes are not \"GGUF\"");
      }
      long version = uint32();
      if (version != 2 && version != 3) {
        throw notGguf(file, "it is GGUF version " + version + ", and 2 and 3 are known");
      }
      long tensorCount = bounded(uint64(), MAX_ENTRIES);
      long pairs = bounded(uint64(), MAX_ENTRIES);
      Map<String, Object> metadata = new LinkedHashMap<>();
      for (long i = 0; i < pairs; i++) {
        String key = string();
        metadata.put(key, value((int) uint32(), 0));
      }
      List<Tensor> tensors = new ArrayList<>();
      for (long i = 0; i < tensorCount; i++) {
        String name = string();
        long rank = bounded(uint32(), 8);
        List<Long> dimensions = new ArrayList<>();
        for (long d = 0; d < rank; d++) {
          dimensions.add(uint64());
        }
        int type = (int) uint32();
        uint64(); // the offset of its data
        tensors.add(new Tensor(name, List.copyOf(dimensions), type));
      }
      return new GgufHeader(Map.copyOf(metadata), tensors);
    }

    private Object value(int type, int depth) throws IOException {
      return switch (type) {
        case 0 -> little(1);
        case 1 -> (long) (byte) little(1);
        case 2 -> little(2);
        case 3 -> (long) (short) little(2);
        case 4 -> uint32();
        case 5 -> (long) (int) uint32();
        case 6 -> (double) Float.intBitsToFloat((int) uint32());
        case 7 -> little(1) != 0;
        case 8 -> string();
        case 9 -> array(depth);
        case 10, 11 -> little(8);
        case 12 -> Double.longBitsToDouble(little(8));
        default -> throw notGguf(file, "its head has a value of the unknown type " + type);
      };
    }

    private List<Object> array(int depth) throws IOException {
      if (depth > 2) {
        throw notGguf(file, "its head nests arrays too deeply");
      }
      int type = (int) uint32();
      long length = bounded(uint64(), MAX_ARRAY);
      List<Object> values = new ArrayList<>();
      for (long i = 0; i < length; i++) {
        values.add(value(type, depth + 1));
      }
      return List.copyOf(values);
    }

    private String string() throws IOException {
      byte[] bytes = in.readNBytes((int) bounded(uint64(), MAX_STRING_BYTES));
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private long bounded(long value, long max) throws IOException {
      if (value < 0 || value > max) {
        throw new EOFException();
      }
      return value;
    }

    private long uint32() throws IOException {
      return little(4);
    }

    private long uint64() throws IOException {
      return bounded(little(8), Long.MAX_VALUE);
    }

    private long little(int bytes) throws IOException {
      long value = 0;
      for (int i = 0; i < bytes; i++) {
        int b = in.read();
        if (b < 0) {
          throw new EOFException();
        }
        value |= (long) b << (8 * i);
      }
      return value;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
