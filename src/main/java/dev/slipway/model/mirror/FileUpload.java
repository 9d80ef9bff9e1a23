package dev.slipway.model.mirror;

import dev.slipway.model.ModelFile;
import dev.slipway.model.mirror.Bucket.Part;
import dev.slipway.model.mirror.Bucket.Upload;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * One file on its way: which parts have arrived, and the hash over all of them in order. Parts are
 * read and sent in parallel; each waits for its turn to be hashed. Thread-safe.
 */
final class FileUpload {

  private static final int HASH_STEP_BYTES = 1 << 16;

  private final ModelFile file;
  private final String key;
  private final PartPlan plan;
  private final Map<Integer, Part> arrived = new TreeMap<>();
  private final boolean resumed;
  private final MessageDigest digest;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition turn = lock.newCondition();
  private Optional<Upload> upload;
  private int next = 1;
  private boolean seen;

  /**
   * Takes up an upload, or starts a new one with its first part.
   *
   * @param upload what an earlier run began
   * @param parts what has arrived of it, none without it
   */
  FileUpload(ModelFile file, String key, PartPlan plan, Optional<Upload> upload, List<Part> parts) {
    this.file = file;
    this.key = key;
    this.plan = plan;
    this.upload = upload;
    this.resumed = !parts.isEmpty();
    this.digest = sha256();
    parts.forEach(part -> arrived.put(part.number(), part));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  ModelFile file() {
    return file;
  }

  String key() {
    return key;
  }

  PartPlan plan() {
    return plan;
  }

  /** Returns whether this run doesn't see all bytes, so that the object must be read back. */
  boolean resumed() {
    return resumed;
  }

  /** Returns how many bytes have arrived. */
  long bytes() {
    lock.lock();
    try {
      return arrived.values().stream().mapToLong(Part::size).sum();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the numbers of the parts that are to be sent, in order. */
  List<Integer> missing() {
    lock.lock();
    try {
      return IntStream.rangeClosed(1, plan.count())
          .filter(number -> !arrived.containsKey(number))
          .boxed()
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the upload, begun by whoever comes first. */
  Upload upload(Supplier<Upload> begin) {
    lock.lock();
    try {
      Upload begun = upload.orElseGet(begin);
      upload = Optional.of(begun);
      return begun;
    } finally {
      lock.unlock();
    }
  }

  Optional<Upload> upload() {
    lock.lock();
    try {
      return upload;
    } finally {
      lock.unlock();
    }
  }

  /** Hashes a part once those before it are. Parts of a file that was taken up have no turns. */
  void hash(int number, ByteBuffer buffer) throws InterruptedException {
    if (resumed) {
      return;
    }
    lock.lockInterruptibly();
    try {
      while (next != number) {
        turn.await();
      }
    } finally {
      lock.unlock();
    }
    // Only the part whose turn it is gets here. In steps that fit the processor's cache.
    ByteBuffer left = buffer.duplicate();
    byte[] step = new byte[HASH_STEP_BYTES];
    while (left.hasRemaining()) {
      int count = Math.min(step.length, left.remaining());
      left.get(step, 0, count);
      digest.update(step, 0, count);
    }
    lock.lock();
    try {
      next++;
      turn.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes down that a part has arrived; tells whether it was the last one missing. */
  boolean arrived(Part part) {
    lock.lock();
    try {
      arrived.put(part.number(), part);
      return arrived.size() == plan.count();
    } finally {
      lock.unlock();
    }
  }

  /** Returns all parts, in order. */
  List<Part> parts() {
    lock.lock();
    try {
      return arrived.values().stream().sorted(Comparator.comparingInt(Part::number)).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Compares what was read with the snapshot's SHA-256, once every part was hashed. */
  boolean hashIsRight() {
    lock.lock();
    try {
      seen = HexFormat.of().formatHex(digest.digest()).equals(file.sha256());
      return seen;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether this run saw all bytes, and that they are right. */
  boolean seen() {
    lock.lock();
    try {
      return seen;
    } finally {
      lock.unlock();
    }
  }
}
