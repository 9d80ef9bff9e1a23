package dev.slipway.model;

import dev.slipway.failure.Refused;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one GGUF head from its first byte on. What a count claims is believed only as far as the
 * file's own size and fixed allowances reach, so that a corrupt file can't fill the memory.
 */
final class GgufReader {

  private static final int MAGIC = 0x46554747; // "GGUF", little-endian
  private static final int MAX_DIMENSIONS = 8; // ggml's GGML_MAX_DIMS is 4
  private static final long DEFAULT_ALIGNMENT = 32; // docs/gguf.md: general.alignment
  // Twice what the largest vocabularies need (Gemma 3: three arrays of 262,144 values).
  private static final long MAX_VALUES = 1 << 21;
  private static final long MAX_TENSORS = 1 << 17;
  private static final long MAX_TEXT_BYTES = 1 << 26;

  private final String name;
  private final long size;
  private final InputStream in;
  private long position;
  private long valuesLeft = MAX_VALUES;
  private long textBytesLeft = MAX_TEXT_BYTES;

  GgufReader(String name, long size, InputStream in) {
    this.name = name;
    this.size = size;
    this.in = in;
  }

  /**
   * Reads the head.
   *
   * @throws EOFException if it ends too early or claims what can't be
   * @throws ArithmeticException if a tensor's size has no number
   */
  GgufHeader header() throws IOException {
    if (size < 4 || uint32() != MAGIC) {
      throw corrupt("its first four bytes are not \"GGUF\"");
    }
    long version = uint32();
    if (version != 2 && version != 3) {
      throw corrupt("it is GGUF version " + version + ", and 2 and 3 are known");
    }
    long tensorCount = bounded(uint64(), MAX_TENSORS);
    long pairs = uint64();
    Map<String, Object> metadata = new LinkedHashMap<>();
    for (long i = 0; i < pairs; i++) {
      String key = string();
      if (metadata.put(key, value((int) uint32(), 0)) != null) {
        throw corrupt("its head has the key " + quoted(key) + " twice");
      }
    }
    List<GgufHeader.Tensor> tensors = new ArrayList<>();
    Set<String> names = new HashSet<>();
    long dataEnd = 0;
    long parameters = 0;
    for (long i = 0; i < tensorCount; i++) {
      GgufHeader.Tensor tensor = tensor();
      if (!names.add(tensor.name())) {
        throw corrupt("its head has the tensor " + quoted(tensor.name()) + " twice");
      }
      tensors.add(tensor);
      // Throws where the sum has no number, so that parameters() never will.
      parameters = Math.addExact(parameters, tensor.elements());
      dataEnd = Math.max(dataEnd, Math.addExact(uint64(), tensor.bytes()));
    }
    var header = new GgufHeader(metadata, tensors);
    checkData(header, dataEnd);
    return header;
  }

  private GgufHeader.Tensor tensor() throws IOException {
    String name = string();
    long rank = bounded(uint32(), MAX_DIMENSIONS);
    List<Long> dimensions = new ArrayList<>();
    for (long d = 0; d < rank; d++) {
      dimensions.add(uint64());
    }
    return new GgufHeader.Tensor(name, List.copyOf(dimensions), (int) uint32());
  }

  /** Sees that the weights which the head describes can be in the file: a half download is told. */
  private void checkData(GgufHeader header, long dataEnd) {
    long alignment = header.number("general.alignment").orElse(DEFAULT_ALIGNMENT);
    if (alignment <= 0 || alignment > 1 << 20) {
      throw corrupt("its general.alignment is " + alignment);
    }
    long dataStart = Math.ceilDiv(position, alignment) * alignment;
    long needed = dataEnd == 0 ? position : Math.addExact(dataStart, dataEnd);
    if (needed > size) {
      throw corrupt(
          "it is cut short: its tensors need " + needed + " bytes, and it has " + size + " bytes");
    }
  }

  private Object value(int type, int depth) throws IOException {
    valuesLeft = bounded(valuesLeft - 1, MAX_VALUES);
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
      default -> throw corrupt("its head has a value of the unknown type " + type);
    };
  }

  private List<Object> array(int depth) throws IOException {
    if (depth > 2) {
      throw corrupt("its head nests arrays too deeply");
    }
    int type = (int) uint32();
    long length = bounded(uint64(), Math.min(valuesLeft, size - position));
    List<Object> values = new ArrayList<>();
    for (long i = 0; i < length; i++) {
      values.add(value(type, depth + 1));
    }
    return Collections.unmodifiableList(values);
  }

  private String string() throws IOException {
    long length = bounded(uint64(), Math.min(textBytesLeft, size - position));
    textBytesLeft -= length;
    byte[] bytes = in.readNBytes((int) length);
    position += bytes.length;
    if (bytes.length < length) {
      throw new EOFException();
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static long bounded(long value, long max) throws EOFException {
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
    position += bytes;
    return value;
  }

  private Refused corrupt(String why) {
    return GgufHeader.notGguf(name, why);
  }

  private static String quoted(String name) {
    return RelativePath.quoted(name);
  }
}
