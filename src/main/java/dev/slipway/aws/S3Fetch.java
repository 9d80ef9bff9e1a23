package dev.slipway.aws;

import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ModelFile;
import dev.slipway.model.RelativePath;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Brings a snapshot's files to a folder of their own, going on where an earlier run stopped. */
final class S3Fetch {
  private static final int MOST_TRIES = 6;
  private static final int BUFFER_BYTES = 1 << 18;

  private final Snapshot snapshot;
  private final Path folder;
  private final TransferProgress progress;
  private long done;
  private long moved;

  S3Fetch(Snapshot snapshot, Path folder, TransferProgress progress) {
    this.snapshot = snapshot;
    this.folder = folder;
    this.progress = progress;
  }

  Snapshot run() {
    try {
      for (ModelFile file : snapshot.files()) {
        fetch(file);
      }
    } catch (IOException e) {
      throw new OperationFailed(
          "cache_not_written",
          "Cannot keep the model " + RelativePath.quoted(snapshot.source().uri()),
          "the file system said: " + e,
          "See that " + folder + " is writable and has space, then run again.",
          true,
          e);
    }
    return new Snapshot(
        snapshot.source(), snapshot.commit(), snapshot.files(), snapshot.facts(), folder);
  }

  private void fetch(ModelFile file) throws IOException {
    Path whole = folder.resolve(file.path());
    Path part = whole.resolveSibling(whole.getFileName() + ".part");
    // Its name is given only to what had the right hash; sizes tell if someone cut it since.
    if (Files.isRegularFile(whole) && Files.size(whole) == file.size()) {
      done += file.size();
      tell(file);
      return;
    }
    Files.createDirectories(whole.getParent());
    MessageDigest digest = sha256();
    long have = Files.isRegularFile(part) ? Files.size(part) : 0;
    if (have > file.size()) {
      Files.delete(part);
      have = 0;
    }
    try (OutputStream out =
        Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      hash(part, have, digest);
      done += have;
      tell(file);
      for (int failures = 0; have < file.size(); ) {
        long before = have;
        have += read(file, have, out, digest);
        if (have < file.size()) {
          failures = have > before ? 1 : failures + 1;
          pause(file, failures);
        }
      }
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
      Files.delete(part);
      throw new OperationFailed(
          "model_corrupt",
          "Cannot fetch the model's file " + RelativePath.quoted(file.path()),
          "its bytes don't have the SHA-256 " + file.sha256() + "; what came has been removed",
          "Run again.",
          true,
          null);
    }
    Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Reads on until the file's end or a failure of the connection; returns how many bytes came. */
  private long read(ModelFile file, long offset, OutputStream out, MessageDigest digest)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long count = 0;
    long wanted = file.size() - offset;
    try (InputStream in = snapshot.content().open(file, offset, wanted)) {
      while (count < wanted) {
        int n = in.read(buffer, 0, (int) Math.min(buffer.length, wanted - count));
        if (n < 0) {
          throw new EOFException();
        }
        out.write(buffer, 0, n);
        digest.update(buffer, 0, n);
        count += n;
        done += n;
        moved += n;
        tell(file);
      }
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      return count;
    }
    return count;
  }

  private void tell(ModelFile file) {
    progress.at(new TransferProgress.Transfer(file.path(), done, snapshot.bytes(), moved));
  }

  private static void hash(Path part, long bytes, MessageDigest digest) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(part)) {
      long left = bytes;
      for (int n; left > 0; left -= n) {
        n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          throw new EOFException(part + " was cut meanwhile");
        }
        digest.update(buffer, 0, n);
      }
    }
  }

  private static void pause(ModelFile file, int failures) {
    if (failures >= MOST_TRIES) {
      throw new OperationFailed(
          "model_unreadable",
          "Cannot fetch the model's file " + RelativePath.quoted(file.path()),
          failures + " tries in a row failed",
          "Check the connection, then run again: what has come is kept.",
          true,
          null);
    }
    long nanos = Duration.ofMillis(200).toNanos() << failures;
    try {
      Thread.sleep(Duration.ofNanos(ThreadLocalRandom.current().nextLong(nanos / 2, nanos)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "The model was not fetched to its end",
          "this process was told to stop.",
          "Run again: it goes on.");
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
