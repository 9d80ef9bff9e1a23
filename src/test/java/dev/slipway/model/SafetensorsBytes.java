package dev.slipway.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes safetensors files for tests: small ones, and wrong ones. */
public final class SafetensorsBytes {

  private SafetensorsBytes() {}

  /** Returns a file with that head and so many bytes of data. */
  public static byte[] of(String head, int dataBytes) {
    byte[] json = head.getBytes(StandardCharsets.UTF_8);
    return claiming(json.length, json, dataBytes);
  }

  /** Returns a file of one tensor of half floats. */
  public static byte[] halfFloats(String name, int count) {
    return of(
        "{\"%s\":{\"dtype\":\"F16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(name, count, 2 * count),
        2 * count);
  }

  static byte[] claiming(long length, byte[] head, int dataBytes) {
    return ByteBuffer.allocate(8 + head.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(head)
        .array();
  }
}
