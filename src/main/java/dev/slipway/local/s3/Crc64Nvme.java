package dev.slipway.local.s3;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Sums up bytes with the 64-bit CRC of the NVM Express specification: polynomial AD93D23594C93659,
 * reflected, all ones before and after. The sum of the ASCII digits 1 to 9 is AE8B14860A799888.
 */
final class Crc64Nvme implements ChecksumAlgorithm.Running {
  private static final long REFLECTED_POLYNOMIAL = 0x9A6C9329AC4BC9B5L;
  private static final int STRIDE = 8;

  /** What byte b does to the sum when n more bytes follow it within a stride: TABLES[n][b]. */
  private static final long[][] TABLES = tables();

  private long sum = -1;

  @Override
  public void update(byte[] bytes, int offset, int length) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length).order(ByteOrder.LITTLE_ENDIAN);
    long now = sum;
    while (buffer.remaining() >= STRIDE) {
      long word = now ^ buffer.getLong();
      now = 0;
      for (int i = 0; i < STRIDE; i++) {
        now ^= TABLES[STRIDE - 1 - i][(int) (word >>> (8 * i)) & 0xff];
      }
    }
    while (buffer.hasRemaining()) {
      now = TABLES[0][(int) (now ^ buffer.get()) & 0xff] ^ (now >>> 8);
    }
    sum = now;
  }

  @Override
  public byte[] value() {
    return ByteBuffer.allocate(Long.BYTES).putLong(~sum).array();
  }

  private static long[][] tables() {
    long[][] tables = new long[STRIDE][256];
    for (int b = 0; b < 256; b++) {
      long value = b;
      for (int bit = 0; bit < 8; bit++) {
        value = (value & 1) == 0 ? value >>> 1 : (value >>> 1) ^ REFLECTED_POLYNOMIAL;
      }
      tables[0][b] = value;
    }
    for (int n = 1; n < STRIDE; n++) {
      for (int b = 0; b < 256; b++) {
        long value = tables[n - 1][b];
        tables[n][b] = tables[0][(int) value & 0xff] ^ (value >>> 8);
      }
    }
    return tables;
  }
}
