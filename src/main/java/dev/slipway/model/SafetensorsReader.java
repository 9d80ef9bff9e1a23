package dev.slipway.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.slipway.failure.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one safetensors head, token by token: the memory that it takes follows the tensors. */
final class SafetensorsReader {

  /**
   * A type of the format.
   *
   * @param name in the words of {@link ModelFacts#dtype}
   * @param bits of one value
   */
  record Dtype(String name, int bits) {}

  /** The types of {@code enum Dtype} in the safetensors project's {@code tensor.rs}. */
  private static final Map<String, Dtype> DTYPES =
      Map.ofEntries(
          Map.entry("BOOL", new Dtype("bool", 8)),
          Map.entry("F4", new Dtype("float4_e2m1fn", 4)),
          Map.entry("F6_E2M3", new Dtype("float6_e2m3fn", 6)),
          Map.entry("F6_E3M2", new Dtype("float6_e3m2fn", 6)),
          Map.entry("U8", new Dtype("uint8", 8)),
          Map.entry("I8", new Dtype("int8", 8)),
          Map.entry("F8_E5M2", new Dtype("float8_e5m2", 8)),
          Map.entry("F8_E4M3", new Dtype("float8_e4m3fn", 8)),
          Map.entry("F8_E8M0", new Dtype("float8_e8m0fnu", 8)),
          Map.entry("I16", new Dtype("int16", 16)),
          Map.entry("U16", new Dtype("uint16", 16)),
          Map.entry("F16", new Dtype("float16", 16)),
          Map.entry("BF16", new Dtype("bfloat16", 16)),
          Map.entry("I32", new Dtype("int32", 32)),
          Map.entry("U32", new Dtype("uint32", 32)),
          Map.entry("F32", new Dtype("float32", 32)),
          Map.entry("C64", new Dtype("complex64", 64)),
          Map.entry("F64", new Dtype("float64", 64)),
          Map.entry("I64", new Dtype("int64", 64)),
          Map.entry("U64", new Dtype("uint64", 64)));

  private static final long MAX_HEADER_BYTES = 100_000_000; // the format's own bound
  private static final int MAX_TENSORS = 1 << 17;
  private static final int MAX_DIMENSIONS = 32;
  private static final int MAX_METADATA = 1 << 12;
  // Real texts there are a few words; the bound is for what a corrupt head claims.
  private static final int MAX_METADATA_CHARACTERS = 1 << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String name;
  private final long size;
  private final InputStream in;

  SafetensorsReader(String name, long size, InputStream in) {
    this.name = name;
    this.size = size;
    this.in = in;
  }

  static Optional<Dtype> dtype(String name) {
    return Optional.ofNullable(DTYPES.get(name));
  }

  SafetensorsHeader header() throws IOException {
    try {
      byte[] first = in.readNBytes(8);
      if (first.length < 8) {
        throw corrupt("it has " + first.length + " bytes, fewer than the head's length takes");
      }
      long length = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (length < 2 || length > MAX_HEADER_BYTES) {
        throw corrupt(
            "its first eight bytes say that its head has "
                + Long.toUnsignedString(length)
                + " bytes, and 2 to "
                + MAX_HEADER_BYTES
                + " are possible");
      }
      if (length > size - 8) {
        throw corrupt("it is cut short: its head has " + length + " bytes, the whole file " + size);
      }
      SafetensorsHeader header;
      try (var limited = new HeadStream(in, length);
          JsonParser parser = JSON.createParser(limited)) {
        header = read(parser);
      } catch (JsonProcessingException e) {
        // Jackson's words may quote the file; its place is enough.
        throw corrupt("its head is no JSON object of tensors, or has a name twice");
      }
      checkData(header.tensors(), size - 8 - length);
      return header;
    } catch (ArithmeticException e) {
      throw corrupt("a tensor's size has no number");
    }
  }

  private SafetensorsHeader read(JsonParser in) throws IOException {
    Map<String, String> metadata = new HashMap<>();
    List<SafetensorsHeader.Tensor> tensors = new ArrayList<>();
    expect(in.nextToken(), JsonToken.START_OBJECT, "its head is no JSON object");
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      if (name.equals("__metadata__")) {
        readMetadata(in, metadata);
      } else {
        tensors.add(tensor(name, in));
      }
      if (tensors.size() > MAX_TENSORS) {
        throw corrupt("it has more than " + MAX_TENSORS + " tensors");
      }
    }
    if (in.nextToken() != null) {
      throw corrupt("its head goes on after the JSON object");
    }
    tensors.sort(
        Comparator.comparingLong(SafetensorsHeader.Tensor::begin)
            .thenComparingLong(SafetensorsHeader.Tensor::end));
    return new SafetensorsHeader(metadata, tensors);
  }

  private void readMetadata(JsonParser in, Map<String, String> metadata) throws IOException {
    expect(in.currentToken(), JsonToken.START_OBJECT, "its __metadata__ is no object");
    long characters = 0;
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String key = in.currentName();
      expect(in.nextToken(), JsonToken.VALUE_STRING, "its __metadata__ holds more than texts");
      metadata.put(key, in.getText());
      characters += key.length() + in.getText().length();
      if (metadata.size() > MAX_METADATA || characters > MAX_METADATA_CHARACTERS) {
        throw corrupt("its __metadata__ is too large");
      }
    }
  }

  private SafetensorsHeader.Tensor tensor(String name, JsonParser in) throws IOException {
    expect(in.currentToken(), JsonToken.START_OBJECT, describe(name) + " is no object");
    String dtype = "";
    Optional<List<Long>> shape = Optional.empty();
    List<Long> offsets = List.of();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String key = in.currentName();
      in.nextToken();
      switch (key) {
        case "dtype" -> {
          expect(in.currentToken(), JsonToken.VALUE_STRING, describe(name) + "'s dtype is no text");
          dtype = in.getText();
        }
        case "shape" -> shape = Optional.of(numbers(name, in));
        case "data_offsets" -> offsets = numbers(name, in);
        default -> throw corrupt(describe(name) + " has an unknown key");
      }
    }
    if (dtype(dtype).isEmpty()) {
      throw corrupt(describe(name) + " has the unknown dtype " + RelativePath.quoted(dtype));
    }
    if (shape.isEmpty() || offsets.size() != 2) {
      throw corrupt(describe(name) + " lacks its shape or its two data_offsets");
    }
    // One text per type, however many tensors have it.
    return new SafetensorsHeader.Tensor(
        name, dtype.intern(), shape.get(), offsets.getFirst(), offsets.getLast());
  }

  private List<Long> numbers(String name, JsonParser in) throws IOException {
    expect(in.currentToken(), JsonToken.START_ARRAY, describe(name) + " has no list of numbers");
    List<Long> numbers = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      expect(in.currentToken(), JsonToken.VALUE_NUMBER_INT, describe(name) + " has a broken list");
      if (numbers.size() == MAX_DIMENSIONS || in.getLongValue() < 0) {
        throw corrupt(describe(name) + " has an impossible list of numbers");
      }
      numbers.add(in.getLongValue());
    }
    return numbers;
  }

  /** Sees that the tensors fill the rest of the file: no gap, no overlap, nothing missing. */
  private void checkData(List<SafetensorsHeader.Tensor> tensors, long dataBytes) {
    long end = 0;
    for (SafetensorsHeader.Tensor tensor : tensors) {
      long bits =
          Math.multiplyExact(tensor.elements(), (long) dtype(tensor.dtype()).orElseThrow().bits());
      if (tensor.end() < tensor.begin()
          || bits != Math.multiplyExact(tensor.end() - tensor.begin(), 8L)) {
        throw corrupt(describe(tensor.name()) + " has a shape that doesn't fit its bytes");
      }
      if (tensor.begin() != end) {
        throw corrupt(describe(tensor.name()) + " overlaps another or leaves a gap before it");
      }
      end = tensor.end();
    }
    if (end > dataBytes) {
      throw corrupt(
          "it is cut short: its tensors take " + end + " bytes, and " + dataBytes + " are there");
    }
    if (end < dataBytes) {
      throw corrupt((dataBytes - end) + " bytes after its last tensor belong to nothing");
    }
  }

  private void expect(
      @org.jspecify.annotations.Nullable JsonToken is, JsonToken wanted, String why) {
    if (is != wanted) {
      throw corrupt(why);
    }
  }

  private static String describe(String tensor) {
    return "its tensor " + RelativePath.quoted(tensor);
  }

  private Refused corrupt(String why) {
    return new Refused(
        "not_safetensors",
        "Cannot read " + name + " as safetensors",
        why,
        "Fetch the file again, or save the model anew with safetensors.");
  }

  /** Ends where the head does, and leaves the file open. */
  private static final class HeadStream extends InputStream {
    private final InputStream in;
    private long left;

    HeadStream(InputStream in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      if (left == 0) {
        return -1;
      }
      left--;
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = in.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(read, 0);
      return read;
    }
  }
}
