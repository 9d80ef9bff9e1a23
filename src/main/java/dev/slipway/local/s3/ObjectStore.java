package dev.slipway.local.s3;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Stores objects in buckets, for code in the same process. Thread-safe; calls block. */
public interface ObjectStore {

  /**
   * Makes a bucket where there is none of that name.
   *
   * @throws IllegalArgumentException if S3 would not take the name
   */
  void ensureBucket(String bucket) throws IOException;

  /**
   * Writes an object, whole or not at all, over one that may be there.
   *
   * @param body read to its end, not closed
   * @throws java.nio.file.NoSuchFileException if there is no such bucket
   * @throws IOException if reading the body or writing the object failed; nothing is changed then
   */
  StoredObject put(ObjectUri at, InputStream body, StoredObject.Description description)
      throws IOException;

  /** Opens an object; absent if there is none, or no such bucket. */
  Optional<OpenObject> open(ObjectUri at) throws IOException;

  /** Describes an object; absent if there is none, or no such bucket. */
  Optional<StoredObject> find(ObjectUri at);

  /** Describes all objects whose keys begin with the given one, in the order of their UTF-8. */
  List<StoredObject> list(ObjectUri prefix);

  /** Deletes an object; returns whether there was one. */
  boolean delete(ObjectUri at) throws IOException;

  /**
   * An object that is being read: its bytes stay these, even if it is overwritten or deleted.
   *
   * @param object what it is
   * @param body its bytes
   */
  record OpenObject(StoredObject object, InputStream body) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      body.close();
    }
  }
}
