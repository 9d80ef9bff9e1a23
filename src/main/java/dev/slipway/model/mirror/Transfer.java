package dev.slipway.model.mirror;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ModelFile;
import dev.slipway.model.RelativePath;
import dev.slipway.model.SnapshotContent;
import dev.slipway.model.mirror.Bucket.Item;
import dev.slipway.model.mirror.Bucket.Part;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Moves the missing parts of files: read in parallel, hashed in order, sent. Buffers are handed out
 * in the order of the parts, so the part whose turn it is always has one, and there are never more
 * than fit the budget, whatever the model's size. Used once.
 */
final class Transfer {

  /** Metadata of each object that the mirror makes. */
  static final String SHA256 = "slipway-sha256";

  static final String BINARY = "application/octet-stream";

  /** Outside the heap, which may be small, and as much as a quarter of what the heap may be. */
  private static final long BUFFER_BUDGET_BYTES =
      Math.clamp(Runtime.getRuntime().maxMemory() / 4, 32 << 20, 96 << 20);

  private static final int MOST_BUFFERS = 12;

  private final Bucket bucket;
  private final SnapshotContent content;
  private final Retries retries;
  private final RangeReader reader;
  private final Lanes lanes;
  private final Tally tally;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Set<String> there = ConcurrentHashMap.newKeySet();
  private final Set<String> unseen = ConcurrentHashMap.newKeySet();

  Transfer(Bucket bucket, SnapshotContent content, Retries retries, Lanes lanes, Tally tally) {
    this.bucket = bucket;
    this.content = content;
    this.retries = retries;
    this.reader = new RangeReader(retries);
    this.lanes = lanes;
    this.tally = tally;
  }

  /** Returns how many buffers of a size the budget holds, at least one. */
  static int buffers(int partBytes) {
    return Math.clamp(BUFFER_BUDGET_BYTES / Math.max(1, partBytes), 1, MOST_BUFFERS);
  }

  /** Moves all; on the first failure stops all, and leaves the uploads for the next run. */
  void run(List<FileUpload> files) {
    int partBytes = files.stream().mapToInt(f -> f.plan().partBytes()).max().orElse(0);
    BlockingQueue<ByteBuffer> buffers = new ArrayBlockingQueue<>(MOST_BUFFERS);
    for (int i = 0; i < buffers(partBytes); i++) {
      buffers.add(ByteBuffer.allocateDirect(longestPart(files, partBytes)));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (FileUpload file : files) {
          feed(file, buffers, threads);
        }
      } catch (RejectedExecutionException e) {
        // Something failed between the look at it and the next part: that is told below.
        failure.compareAndSet(null, e);
      } catch (InterruptedException e) {
        failure.compareAndSet(null, Retries.stopped());
        threads.shutdownNow();
        Thread.currentThread().interrupt();
      }
    }
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /** A model of small files needs no buffers of the size that large ones have. */
  private static int longestPart(List<FileUpload> files, int partBytes) {
    long largest = files.stream().mapToLong(f -> f.plan().fileBytes()).max().orElse(0);
    return (int) Math.min(partBytes, largest);
  }

  /** Returns the paths of files that another run finished, not having been seen whole by this. */
  Set<String> unseen() {
    return Set.copyOf(unseen);
  }

  private void feed(FileUpload file, BlockingQueue<ByteBuffer> buffers, ExecutorService threads)
      throws InterruptedException {
    List<Integer> missing = file.missing();
    if (missing.isEmpty()) {
      guard(file, threads, () -> finish(file));
    }
    for (int number : missing) {
      ByteBuffer buffer = buffers.take();
      if (failure.get() != null) {
        return;
      }
      threads.execute(
          () -> {
            try {
              guard(file, threads, () -> move(file, number, buffer));
            } finally {
              buffers.add(buffer);
            }
          });
    }
  }

  /** A step that may be stopped. */
  @FunctionalInterface
  private interface Step {
    void run() throws InterruptedException;
  }

  private void guard(FileUpload file, ExecutorService threads, Step step) {
    if (there.contains(file.file().path())) {
      return;
    }
    try {
      step.run();
    } catch (InterruptedException e) {
      stop(Retries.stopped(), threads);
    } catch (CloudFailure gone) {
      if (gone.kind() != Kind.NOT_FOUND || !isThere(file, gone, threads)) {
        stop(gone, threads);
      }
    } catch (RuntimeException | Error e) {
      stop(e, threads);
    }
  }

  private void stop(Throwable e, ExecutorService threads) {
    // The first failure is told; those that stopping causes are not.
    if (failure.compareAndSet(null, e)) {
      threads.shutdownNow();
    }
  }

  private void move(FileUpload file, int number, ByteBuffer buffer) throws InterruptedException {
    PartPlan plan = file.plan();
    int length = plan.length(number);
    ModelFile model = file.file();
    reader.fill(
        model.path(),
        (offset, count) -> content.open(model, offset, count),
        plan.offset(number),
        buffer.clear().limit(length));
    file.hash(number, buffer.flip());
    boolean last;
    lanes.enter();
    try {
      Part part = send(file, number, buffer);
      last = file.arrived(part);
    } finally {
      lanes.leave();
    }
    lanes.arrived(length, tally.moved(model.path(), length));
    if (last) {
      finish(file);
    }
  }

  private Part send(FileUpload file, int number, ByteBuffer bytes) {
    Map<String, String> metadata = Map.of(SHA256, file.file().sha256());
    var upload = file.upload(() -> retries.call(() -> bucket.begin(file.key(), BINARY, metadata)));
    return retries.call(() -> bucket.send(upload, number, bytes.duplicate()));
  }

  /** Makes the object, if what was read is what the snapshot says. */
  private void finish(FileUpload file) {
    var upload = file.upload().orElseThrow();
    if (!file.resumed() && !file.hashIsRight()) {
      retries.call(
          () -> {
            bucket.abort(upload);
            return true;
          });
      throw wrong(file.file());
    }
    retries.call(
        () -> {
          bucket.complete(upload, file.parts());
          return true;
        });
  }

  /** Says that a file's bytes are not those that the snapshot names. */
  static OperationFailed wrong(ModelFile file) {
    return new OperationFailed(
        "model_corrupt",
        "Cannot copy the model's file " + RelativePath.quoted(file.path()),
        "its bytes don't have the SHA-256 that the registry and the lock name ("
            + file.sha256()
            + "); what was sent of it has been removed",
        "Run again; if it stays wrong, the file was changed or broken at its source: run"
            + " `slipway model lock` to see what is there now.",
        true,
        null);
  }

  /**
   * Looks whether an upload is gone because its object was made: by a request whose answer was
   * lost, or by another run at the same time.
   */
  private boolean isThere(FileUpload file, CloudFailure gone, ExecutorService threads) {
    try {
      Optional<Item> item = retries.call(() -> bucket.head(file.key()));
      boolean made =
          item.isPresent()
              && item.get().size() == file.file().size()
              && file.file().sha256().equals(item.get().metadata().get(SHA256));
      if (made) {
        there.add(file.file().path());
        if (!file.seen()) {
          unseen.add(file.file().path());
        }
      }
      return made;
    } catch (RuntimeException e) {
      e.addSuppressed(gone);
      stop(e, threads);
      return true;
    }
  }
}
