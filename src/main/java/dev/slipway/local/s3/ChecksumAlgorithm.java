package dev.slipway.local.s3;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** Makes the checksums that S3 knows (API reference, "Checking object integrity"). */
public enum ChecksumAlgorithm {
  /** The CRC of zip and Ethernet, 4 bytes. */
  CRC32,
  /** Castagnoli's CRC, 4 bytes. */
  CRC32C,
  /** The CRC of NVM Express, 8 bytes; the default of newer clients. */
  CRC64NVME,
  /** 20 bytes. */
  SHA1,
  /** 32 bytes. */
  SHA256;

  /** Sums up bytes as they pass. Not thread-safe. */
  interface Running {
    void update(byte[] bytes, int offset, int length);

    /** Returns the sum, in network order; call it once. */
    byte[] value();
  }

  Running start() {
    return switch (this) {
      case CRC32 -> crc(new CRC32());
      case CRC32C -> crc(new CRC32C());
      case CRC64NVME -> new Crc64Nvme();
      case SHA1 -> digest("SHA-1");
      case SHA256 -> digest("SHA-256");
    };
  }

  /** Returns the name of the header, and trailer, that carries it. */
  String header() {
    return "x-amz-checksum-" + name().toLowerCase(Locale.ROOT);
  }

  /** Returns the name of the element that carries it. */
  String element() {
    return "Checksum" + name();
  }

  static Optional<ChecksumAlgorithm> named(String name) {
    for (ChecksumAlgorithm algorithm : values()) {
      if (algorithm.name().equalsIgnoreCase(name)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  static Running digest(String name) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5, SHA-1 and SHA-256", e);
    }
    return new Running() {
      @Override
      public void update(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
      }

      @Override
      public byte[] value() {
        return digest.digest();
      }
    };
  }

  private static Running crc(Checksum checksum) {
    return new Running() {
      @Override
      public void update(byte[] bytes, int offset, int length) {
        checksum.update(bytes, offset, length);
      }

      @Override
      public byte[] value() {
        int value = (int) checksum.getValue();
        return new byte[] {
          (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
        };
      }
    };
  }
}
