package dev.slipway.model.mirror;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One bucket of an object store that speaks S3. Every call says who must own the bucket. Each
 * method is one request (a list is one for each page), retried where that is safe. Safe for use by
 * several threads.
 *
 * <p>All methods throw {@link dev.slipway.failure.CloudFailure}.
 */
public interface Bucket extends AutoCloseable {

  /** Returns the bucket's name. */
  String name();

  /**
   * One object.
   *
   * @param etag without quotation marks
   * @param metadata the user's, keys in lower case; empty in lists, which don't say it
   */
  record Item(String key, long size, String etag, Instant modified, Map<String, String> metadata) {
    /** Copies the metadata. */
    public Item {
      metadata = Map.copyOf(metadata);
    }
  }

  /** One multipart upload that is neither completed nor aborted. */
  record Upload(String key, String id, Instant begun) {}

  /**
   * One part of an upload.
   *
   * @param number 1-10,000
   * @param etag without quotation marks
   */
  record Part(int number, long size, String etag) {}

  /** Describes an object; absent if there is none. */
  Optional<Item> head(String key);

  /** Lists every object whose key starts with a prefix, in the order of the keys. */
  List<Item> list(String prefix);

  /** Reads a small object whole; absent if there is none. */
  Optional<byte[]> get(String key);

  /**
   * Opens a range of an object that still has that ETag ({@code If-Match}).
   *
   * @param offset of the first byte
   * @param length how many bytes, at least 1
   * @return ends after them, or early with an {@link java.io.IOException} if the connection breaks
   */
  InputStream open(String key, String etag, long offset, long length);

  /** Writes a small object, over what is there. */
  void put(String key, byte[] body, String contentType);

  /**
   * Writes a small object if there is none of that key ({@code If-None-Match: *}).
   *
   * @return the object's ETag; absent if there was one already
   */
  Optional<String> putIfAbsent(String key, byte[] body, String contentType);

  /**
   * Writes a small object over the one with that ETag ({@code If-Match}).
   *
   * @return the new ETag; absent if it was changed or removed meanwhile
   */
  Optional<String> putIfUnchanged(String key, String etag, byte[] body, String contentType);

  /** Deletes objects, with all their versions, 1,000 in a request; absent ones are no failure. */
  void delete(List<String> keys);

  /** Begins a multipart upload. */
  Upload begin(String key, String contentType, Map<String, String> metadata);

  /**
   * Sends one part; the store checks it against its SHA-256 or CRC.
   *
   * @param bytes from position to limit; not changed
   */
  Part send(Upload upload, int number, ByteBuffer bytes);

  /** Lists the parts that have arrived, by number. */
  List<Part> parts(Upload upload);

  /** Makes the object of its parts, in order. */
  void complete(Upload upload, List<Part> parts);

  /** Drops an upload and its parts; an absent one is no failure. */
  void abort(Upload upload);

  /** Lists the uploads of keys that start with a prefix. */
  List<Upload> uploads(String prefix);

  @Override
  void close();
}
