package dev.slipway.local.s3;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.local.s3.StoredObject.Description;
import dev.slipway.local.s3.StoredObject.StoredChecksum;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is kept on disk of an object, as JSON.
 *
 * @param modified in milliseconds since 1970
 * @param algorithm of the checksum, or null
 * @param checksum in S3's form, or null
 * @param bytes the name of the file that holds its bytes
 */
record ObjectRecord(
    String key,
    long size,
    String etag,
    long modified,
    Map<String, String> headers,
    Map<String, String> metadata,
    @Nullable ChecksumAlgorithm algorithm,
    @Nullable String checksum,
    String bytes) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static ObjectRecord of(StoredObject object, String bytes) {
    return new ObjectRecord(
        object.key(),
        object.size(),
        object.etag(),
        object.modified().toEpochMilli(),
        object.description().headers(),
        object.description().metadata(),
        object.checksum().map(StoredChecksum::algorithm).orElse(null),
        object.checksum().map(StoredChecksum::value).orElse(null),
        bytes);
  }

  StoredObject object() {
    return new StoredObject(
        key,
        size,
        etag,
        Instant.ofEpochMilli(modified),
        new Description(headers, metadata),
        algorithm == null || checksum == null
            ? Optional.empty()
            : Optional.of(new StoredChecksum(algorithm, checksum)));
  }

  byte[] json() throws IOException {
    return JSON.writeValueAsBytes(this);
  }

  static ObjectRecord read(byte[] json) throws IOException {
    return JSON.readValue(json, ObjectRecord.class);
  }
}
