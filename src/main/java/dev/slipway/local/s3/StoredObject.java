package dev.slipway.local.s3;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Describes an object as it is stored.
 *
 * @param key its name in the bucket
 * @param size its length in bytes
 * @param etag the MD5 of its bytes in hex; of its parts' MD5s, with {@code -} and their number, for
 *     one that was uploaded in parts; without quotes
 * @param modified when it was written, to the second, as S3 has it
 * @param description what its writer said of it
 * @param checksum the checksum that came, or was asked for, with it
 */
public record StoredObject(
    String key,
    long size,
    String etag,
    Instant modified,
    Description description,
    Optional<StoredChecksum> checksum) {

  /**
   * What a writer says of an object.
   *
   * @param headers its standard headers, by lower-case name: {@code content-type}, {@code
   *     content-encoding}, {@code cache-control} and so on
   * @param metadata its own pairs, by lower-case name without {@code x-amz-meta-}
   */
  public record Description(Map<String, String> headers, Map<String, String> metadata) {
    /** Copies both maps. */
    public Description {
      headers = Map.copyOf(headers);
      metadata = Map.copyOf(metadata);
    }

    /** Returns what S3 says of an object about which its writer said only the content type. */
    public static Description ofType(String contentType) {
      return new Description(Map.of("content-type", contentType), Map.of());
    }

    /** Returns the content type; S3's default if the writer gave none. */
    public String contentType() {
      return headers.getOrDefault("content-type", "binary/octet-stream");
    }
  }

  /**
   * A checksum.
   *
   * @param algorithm how it was made
   * @param value in base64; of the parts' checksums, with {@code -} and their number, if composite
   */
  public record StoredChecksum(ChecksumAlgorithm algorithm, String value) {
    /** Returns whether it is of the parts' checksums instead of the bytes. */
    public boolean composite() {
      return value.indexOf('-') >= 0;
    }
  }
}
