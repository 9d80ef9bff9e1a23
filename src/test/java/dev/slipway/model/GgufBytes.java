package dev.slipway.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Writes GGUF files for tests: small ones, and wrong ones. */
public final class GgufBytes {

  private final ByteArrayOutputStream pairs = new ByteArrayOutputStream();
  private final ByteArrayOutputStream tensors = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private long pairCount;
  private long tensorCount;

  /** Adds a text. */
  public GgufBytes text(String key, String value) {
    key(key, 8);
    string(pairs, value);
    return this;
  }

  /** Adds a uint32. */
  public GgufBytes number(String key, int value) {
    key(key, 4);
    little(pairs, value, 4);
    return this;
  }

  /** Adds a float32. */
  public GgufBytes real(String key, float value) {
    key(key, 6);
    little(pairs, Float.floatToIntBits(value), 4);
    return this;
  }

  /** Adds a bool. */
  public GgufBytes flag(String key, boolean value) {
    key(key, 7);
    pairs.write(value ? 1 : 0);
    return this;
  }

  /** Adds an array of texts. */
  public GgufBytes texts(String key, List<String> values) {
    key(key, 9);
    little(pairs, 8, 4);
    little(pairs, values.size(), 8);
    values.forEach(value -> string(pairs, value));
    return this;
  }

  /** Adds an array of int32. */
  public GgufBytes numbers(String key, List<Integer> values) {
    key(key, 9);
    little(pairs, 5, 4);
    little(pairs, values.size(), 8);
    values.forEach(value -> little(pairs, value, 4));
    return this;
  }

  /** Adds an array of float32. */
  public GgufBytes reals(String key, List<Float> values) {
    key(key, 9);
    little(pairs, 6, 4);
    little(pairs, values.size(), 8);
    values.forEach(value -> little(pairs, Float.floatToIntBits(value), 4));
    return this;
  }

  /** Adds an array that claims so many values and has none. */
  GgufBytes hollowArray(String key, int type, long length) {
    key(key, 9);
    little(pairs, type, 4);
    little(pairs, length, 8);
    return this;
  }

  /** Adds arrays of one array each, so many deep, the innermost empty. */
  GgufBytes nestedArrays(String key, int depth) {
    key(key, 9);
    for (int i = 1; i < depth; i++) {
      little(pairs, 9, 4);
      little(pairs, 1, 8);
    }
    little(pairs, 0, 4);
    little(pairs, 0, 8);
    return this;
  }

  /** Adds a float32 tensor with data, its shape innermost first. */
  public GgufBytes tensor(String name, float[] values, long... shape) {
    describe(name, 0, data.size(), shape);
    for (float value : values) {
      little(data, Float.floatToIntBits(value), 4);
    }
    pad(data);
    return this;
  }

  /** Describes a tensor whose data isn't written. */
  GgufBytes describe(String name, int type, long offset, long... shape) {
    tensorCount++;
    string(tensors, name);
    little(tensors, shape.length, 4);
    Arrays.stream(shape).forEach(dimension -> little(tensors, dimension, 8));
    little(tensors, type, 4);
    little(tensors, offset, 8);
    return this;
  }

  /** Returns the file. */
  public byte[] bytes() {
    return bytes(3, tensorCount, pairCount);
  }

  /** Returns the file with what its first fields claim. */
  byte[] bytes(int version, long claimedTensors, long claimedPairs) {
    var out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    little(out, version, 4);
    little(out, claimedTensors, 8);
    little(out, claimedPairs, 8);
    out.writeBytes(pairs.toByteArray());
    out.writeBytes(tensors.toByteArray());
    pad(out);
    out.writeBytes(data.toByteArray());
    return out.toByteArray();
  }

  private void key(String key, int type) {
    pairCount++;
    string(pairs, key);
    little(pairs, type, 4);
  }

  private static void pad(ByteArrayOutputStream out) {
    while (out.size() % 32 != 0) {
      out.write(0);
    }
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    little(out, bytes.length, 8);
    out.writeBytes(bytes);
  }

  private static void little(ByteArrayOutputStream out, long value, int bytes) {
    byte[] all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(all, 0, bytes);
  }
}
