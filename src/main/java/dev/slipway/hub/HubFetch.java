package dev.slipway.hub;

import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ModelFile;
import dev.slipway.model.RelativePath;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings a snapshot's files into the cache: several at a time, each from where it was left, each
 * held to its SHA-256 before it gets its name.
 */
final class HubFetch {

  private static final int PARALLEL = 4;
  private static final int TRIES_WITHOUT_PROGRESS = 5;
  private static final int BUFFER_BYTES = 1 << 18;

  private final Snapshot snapshot;
  private final HubContent content;
  private final HubClient client;
  private final HubFailures failures;
  private final Waiting waiting;
  private final TransferProgress progress;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong moved = new AtomicLong();

  HubFetch(
      Snapshot snapshot,
      HubContent content,
      HubClient client,
      HubFailures failures,
      Waiting waiting,
      TransferProgress progress) {
    this.snapshot = snapshot;
    this.content = content;
    this.client = client;
    this.failures = failures;
    this.waiting = waiting;
    this.progress = progress;
  }

  /**
   * Fetches what isn't here.
   *
   * @throws OperationFailed if a file can't be had or written
   */
  void run() {
    try (ExecutorService threads =
        Executors.newFixedThreadPool(PARALLEL, Thread.ofVirtual().name("fetch-", 0).factory())) {
      try {
        var finished = new ExecutorCompletionService<Void>(threads);
        List<ModelFile> missing = missing();
        checkSpace(missing);
        for (ModelFile file : missing) {
          finished.submit(() -> fetch(file), null);
        }
        for (ModelFile _ : missing) {
          Future<Void> next = finished.take();
          next.get();
        }
        for (ModelFile file : snapshot.files()) {
          content.cache().link(content.commit(), content.file(file));
        }
        if (content.branch().isPresent()) {
          content.cache().ref(content.branch().get(), content.commit());
        }
      } catch (ExecutionException e) {
        threads.shutdownNow();
        throw e.getCause() instanceof RuntimeException failure
            ? failure
            : new IllegalStateException("a fetch throws nothing checked", e.getCause());
      } catch (InterruptedException e) {
        threads.shutdownNow();
        throw HubClient.interrupted();
      } catch (IOException e) {
        threads.shutdownNow();
        throw notWritten(e);
      }
    }
  }

  private List<ModelFile> missing() {
    List<ModelFile> missing = new ArrayList<>();
    for (ModelFile file : snapshot.files()) {
      if (content.verified(file).isPresent()) {
        tell(file, file.size(), 0);
      } else {
        missing.add(file);
      }
    }
    return missing;
  }

  private void checkSpace(List<ModelFile> missing) throws IOException {
    long needed = 0;
    for (ModelFile file : missing) {
      needed += file.size() - begun(content.cache().partial(content.file(file)));
    }
    Path root = Files.createDirectories(content.cache().root());
    long usable = Files.getFileStore(root).getUsableSpace();
    if (needed > usable) {
      throw new OperationFailed(
          "disk_full",
          "Cannot fetch " + snapshot.source().uri(),
          "%,d bytes are missing, and the disk of %s has room for %,d"
              .formatted(needed, root, usable),
          "Make room there, or set HF_HUB_CACHE to a folder on another disk.");
    }
  }

  private static long begun(Path partial) {
    try {
      return Files.exists(partial) ? Files.size(partial) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private void fetch(ModelFile file) {
    HubFile remote = content.file(file);
    Path partial = content.cache().partial(remote);
    try (var _ = FetchLock.take(content.cache().lock(remote), waiting, () -> begun(partial))) {
      // Another process may have brought it while this one waited.
      content.forget(file);
      if (content.verified(file).isPresent()) {
        tell(file, file.size(), 0);
        return;
      }
      Files.createDirectories(partial.resolveSibling(".").normalize());
      bring(file, remote, partial);
      content.forget(file);
    } catch (InterruptedException e) {
      throw HubClient.interrupted();
    } catch (IOException e) {
      throw notWritten(e);
    }
  }

  private void bring(ModelFile file, HubFile remote, Path partial) throws IOException {
    boolean resumed = begun(partial) > 0;
    boolean sound = download(file, remote, partial);
    if (!sound && resumed) {
      // What was left by an earlier run may be torn; what one run reads isn't.
      tell(file, -file.size(), 0);
      sound = download(file, remote, partial);
    }
    if (!sound) {
      throw corrupt(file);
    }
    content.cache().settle(partial, content.cache().blob(remote));
  }

  private OperationFailed corrupt(ModelFile file) {
    return new OperationFailed(
        "model_corrupt",
        "Cannot fetch " + snapshot.source().uri(),
        "the bytes that came for "
            + RelativePath.quoted(file.path())
            + " don't have the SHA-256 that the Hub names ("
            + file.sha256().substring(0, 12)
            + "…), and were deleted",
        "Try again. If it stays, something between here and the Hub changes the file.",
        true,
        null);
  }

  /**
   * Brings the rest of a file.
   *
   * @return whether it has its SHA-256; if not, it is gone
   */
  private boolean download(ModelFile file, HubFile remote, Path partial) throws IOException {
    MessageDigest digest = Sha256.digest();
    try (FileChannel out =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      if (out.size() > file.size()) {
        out.truncate(0);
      }
      hash(out, digest);
      tell(file, out.size(), 0);
      for (int tries = 0; out.position() < file.size(); ) {
        long before = out.position();
        try (InputStream in = open(remote, before)) {
          copy(in, out, digest, file);
        } catch (BrokenConnection | HubUnreachable e) {
          tries = out.position() > before ? 0 : tries + 1;
          boolean hopeless = e instanceof HubUnreachable || tries == TRIES_WITHOUT_PROGRESS;
          if (Thread.currentThread().isInterrupted()) {
            throw HubClient.interrupted();
          }
          if (hopeless) {
            throw failures.unreachable(e);
          }
          client.pause(tries + 1);
        }
      }
    }
    if (HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
      return true;
    }
    Files.delete(partial);
    return false;
  }

  private InputStream open(HubFile remote, long offset) throws IOException {
    try {
      return content.reader().open(remote, offset, remote.size() - offset, true);
    } catch (HubUnreachable e) {
      throw e;
    } catch (IOException e) {
      throw new BrokenConnection(e);
    }
  }

  /** Hashes what is there, and leaves the channel at its end. */
  private static void hash(FileChannel out, MessageDigest digest) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    while (out.read(buffer) >= 0) {
      digest.update(buffer.flip());
      buffer.clear();
    }
  }

  private void copy(InputStream in, FileChannel out, MessageDigest digest, ModelFile file)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = read(in, buffer); count >= 0; count = read(in, buffer)) {
      ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      digest.update(buffer, 0, count);
      tell(file, count, count);
    }
  }

  /** Tells a connection that broke from a disk that is full. */
  private static int read(InputStream in, byte[] buffer) throws BrokenConnection {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw new BrokenConnection(e);
    }
  }

  private void tell(ModelFile file, long more, long fetched) {
    progress.at(
        new TransferProgress.Transfer(
            file.path(), done.addAndGet(more), snapshot.bytes(), moved.addAndGet(fetched)));
  }

  private OperationFailed notWritten(IOException e) {
    return new OperationFailed(
        "cache_not_written",
        "Cannot keep " + snapshot.source().uri() + " in " + content.cache().root(),
        "the file system said: " + e,
        "See that the folder is writable and has space, or set HF_HUB_CACHE to another.",
        true,
        e);
  }

  /** Says that the other side ended before all was said. */
  private static final class BrokenConnection extends IOException {
    private static final long serialVersionUID = 1;

    BrokenConnection(IOException cause) {
      super(cause);
    }
  }
}
