package dev.slipway.local.s3;

import dev.slipway.local.loopback.PrivateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One bucket: a folder with a record of each object, named by the hash of its key, that points at a
 * file with the bytes. A write makes the file first and then moves the record into place, so a
 * reader, or a crash, meets the old object or the new one. Thread-safe.
 */
final class Bucket {
  /** Java's own order is that of UTF-16, in which characters beyond U+FFFF come too early. */
  private static final Comparator<String> UTF_8_ORDER = Bucket::compareCodePoints;

  private final String name;
  private final Instant created;
  private final PrivateFolder folder;
  private final PrivateFolder records;
  private final PrivateFolder bytes;
  private final Uploads uploads;
  private final ConcurrentSkipListMap<String, ObjectRecord> index =
      new ConcurrentSkipListMap<>(UTF_8_ORDER);
  private final ReentrantLock commit = new ReentrantLock();
  private boolean removed;

  private Bucket(PrivateFolder folder) throws IOException {
    this.folder = folder;
    this.name = String.valueOf(folder.path().getFileName());
    this.created =
        Files.readAttributes(folder.path(), BasicFileAttributes.class).creationTime().toInstant();
    this.records = folder.child("objects");
    this.bytes = folder.child("bytes");
    this.uploads = new Uploads(folder.child("uploads"));
  }

  /** Opens a bucket, and clears away what a crash left half-written. */
  static Bucket open(PrivateFolder folder) throws IOException {
    Bucket bucket = new Bucket(folder);
    bucket.load();
    return bucket;
  }

  private void load() throws IOException {
    Set<String> used = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(records.path())) {
      for (Path file : files) {
        if (file.toString().endsWith(PrivateFolder.TEMPORARY)) {
          Files.delete(file);
        } else {
          ObjectRecord object = ObjectRecord.read(Files.readAllBytes(file));
          index.put(object.key(), object);
          used.add(object.bytes());
        }
      }
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(bytes.path())) {
      for (Path file : files) {
        if (!used.contains(String.valueOf(file.getFileName()))) {
          Files.delete(file);
        }
      }
    }
  }

  String name() {
    return name;
  }

  Instant created() {
    return created;
  }

  Uploads uploads() {
    return uploads;
  }

  /** Returns where new bytes go before {@link #put} names them. */
  PrivateFolder bytes() {
    return bytes;
  }

  NavigableMap<String, ObjectRecord> index() {
    return Collections.unmodifiableNavigableMap(index);
  }

  Optional<StoredObject> find(String key) {
    return Optional.ofNullable(index.get(key)).map(ObjectRecord::object);
  }

  /** An open object: its description and its bytes belong together. */
  record Opened(StoredObject object, InputStream body) {}

  Optional<Opened> open(String key) throws IOException {
    while (true) {
      ObjectRecord found = index.get(key);
      if (found == null) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            new Opened(found.object(), Files.newInputStream(bytes.file(found.bytes()))));
      } catch (NoSuchFileException e) {
        if (found.equals(index.get(key))) {
          throw e;
        }
        // Overwritten or deleted between the look-up and the opening: look again.
      }
    }
  }

  /**
   * Makes bytes the object of this key.
   *
   * @throws S3Failure if the condition does not hold, or the bucket was deleted meanwhile; the
   *     bytes are deleted then
   */
  StoredObject put(StoredObject object, Blob blob, Condition condition) throws IOException {
    ObjectRecord record = ObjectRecord.of(object, blob.name());
    boolean done = false;
    Optional<ObjectRecord> old;
    commit.lock();
    try {
      if (removed) {
        throw S3Failure.noSuchBucket();
      }
      condition.check(find(object.key()));
      records.write(fileOf(object.key()), record.json());
      old = Optional.ofNullable(index.put(object.key(), record));
      done = true;
    } finally {
      commit.unlock();
      if (!done) {
        blob.delete(bytes);
      }
    }
    if (old.isPresent()) {
      Files.deleteIfExists(bytes.file(old.get().bytes()));
    }
    return object;
  }

  boolean delete(String key, Condition condition) throws IOException {
    Optional<ObjectRecord> old;
    commit.lock();
    try {
      condition.check(find(key));
      Files.deleteIfExists(records.file(fileOf(key)));
      old = Optional.ofNullable(index.remove(key));
    } finally {
      commit.unlock();
    }
    if (old.isPresent()) {
      Files.deleteIfExists(bytes.file(old.get().bytes()));
    }
    return old.isPresent();
  }

  /**
   * Takes the bucket away.
   *
   * @throws S3Failure {@code BucketNotEmpty} if it holds an object; unfinished uploads go with it
   */
  void remove() throws IOException {
    commit.lock();
    try {
      if (!index.isEmpty()) {
        throw new S3Failure(
            S3Failure.Code.BUCKET_NOT_EMPTY, "The bucket you tried to delete is not empty");
      }
      removed = true;
      folder.delete();
    } finally {
      commit.unlock();
    }
  }

  private static String fileOf(String key) {
    ChecksumAlgorithm.Running hash = ChecksumAlgorithm.SHA256.start();
    byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
    hash.update(utf8, 0, utf8.length);
    return Blob.hex(hash.value()) + ".json";
  }

  static int compareCodePoints(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        if (Character.isSurrogate(a) == Character.isSurrogate(b)) {
          return Character.compare(a, b);
        }
        return Character.isSurrogate(a) ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
