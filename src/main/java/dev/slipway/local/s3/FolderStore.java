package dev.slipway.local.s3;

import dev.slipway.failure.OperationFailed;
import dev.slipway.local.loopback.PrivateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stores objects in a folder. What each bucket holds is kept in memory too, so that listing costs
 * no reading; one store at a time may therefore use the folder, which a lock file sees to.
 * Thread-safe.
 */
final class FolderStore implements ObjectStore, AutoCloseable {
  private final PrivateFolder buckets;
  private final FileChannel lock;
  private final ConcurrentHashMap<String, Bucket> open = new ConcurrentHashMap<>();

  private FolderStore(PrivateFolder buckets, FileChannel lock) {
    this.buckets = buckets;
    this.lock = lock;
  }

  /**
   * Opens the store in a folder, which is made if it is missing.
   *
   * @throws OperationFailed {@code store_in_use} if another store has the folder open
   */
  static FolderStore open(Path path) throws IOException {
    PrivateFolder folder = PrivateFolder.at(path);
    Path lockFile = folder.file("lock");
    if (!Files.exists(lockFile)) {
      folder.write("lock", new byte[0]);
    }
    FileChannel lock = FileChannel.open(lockFile, StandardOpenOption.WRITE);
    try {
      if (!locked(lock)) {
        throw new OperationFailed(
            "store_in_use",
            "Cannot open the local object store in " + folder.path(),
            "another process has it open.",
            "Stop that process (slipway down), or set SLIPWAY_HOME to another folder.");
      }
      FolderStore store = new FolderStore(folder.child("buckets"), lock);
      try (DirectoryStream<Path> found = Files.newDirectoryStream(store.buckets.path())) {
        for (Path bucket : found) {
          String name = String.valueOf(bucket.getFileName());
          if (ObjectUri.isBucketName(name)) {
            store.open.put(name, Bucket.open(new PrivateFolder(bucket)));
          }
        }
      }
      return store;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  List<Bucket> buckets() {
    List<Bucket> all = new ArrayList<>(open.values());
    all.sort(Comparator.comparing(Bucket::name));
    return all;
  }

  Optional<Bucket> bucket(String name) {
    return Optional.ofNullable(open.get(name));
  }

  /** Makes a bucket; returns false if it was there already. */
  boolean create(String name) throws IOException {
    if (!ObjectUri.isBucketName(name)) {
      throw new IllegalArgumentException("not the name of a bucket: \"" + name + "\"");
    }
    synchronized (open) {
      if (open.containsKey(name)) {
        return false;
      }
      open.put(name, Bucket.open(buckets.child(name)));
      return true;
    }
  }

  void remove(Bucket bucket) throws IOException {
    synchronized (open) {
      bucket.remove();
      open.remove(bucket.name(), bucket);
    }
  }

  @Override
  public void ensureBucket(String bucket) throws IOException {
    create(bucket);
  }

  @Override
  public StoredObject put(ObjectUri at, InputStream body, StoredObject.Description description)
      throws IOException {
    Bucket bucket =
        bucket(at.bucket()).orElseThrow(() -> new NoSuchFileException("bucket " + at.bucket()));
    Blob blob = Blob.write(bucket.bytes(), body, Blob.Sums.NONE, Long.MAX_VALUE);
    return bucket.put(
        new StoredObject(at.key(), blob.size(), blob.md5(), now(), description, Optional.empty()),
        blob,
        Condition.NONE);
  }

  @Override
  public Optional<OpenObject> open(ObjectUri at) throws IOException {
    Optional<Bucket> bucket = bucket(at.bucket());
    return bucket.isEmpty()
        ? Optional.empty()
        : bucket.get().open(at.key()).map(found -> new OpenObject(found.object(), found.body()));
  }

  @Override
  public Optional<StoredObject> find(ObjectUri at) {
    return bucket(at.bucket()).flatMap(bucket -> bucket.find(at.key()));
  }

  @Override
  public List<StoredObject> list(ObjectUri prefix) {
    return bucket(prefix.bucket())
        .map(
            bucket ->
                bucket.index().tailMap(prefix.key(), true).values().stream()
                    .takeWhile(object -> object.key().startsWith(prefix.key()))
                    .map(ObjectRecord::object)
                    .toList())
        .orElse(List.of());
  }

  @Override
  public boolean delete(ObjectUri at) throws IOException {
    Optional<Bucket> bucket = bucket(at.bucket());
    return bucket.isPresent() && bucket.get().delete(at.key(), Condition.NONE);
  }

  /** Returns the time, to the second: HTTP dates have no more, and If-Modified-Since compares. */
  static Instant now() {
    return Instant.ofEpochSecond(Instant.now().getEpochSecond());
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
