package dev.slipway.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.slipway.failure.OperationFailed;
import dev.slipway.local.loopback.PrivateFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder that keeps one deployment of this machine; only its owner can read it.
 *
 * <p>Who runs the deployment holds a file lock, which the operating system gives back however that
 * process ends: a lock that is free means that nothing runs, whatever the state on disk says.
 */
public final class StateFolder {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final String STATE = "state.json";

  private final Path folder;

  /** Names the folder; it need not exist. */
  public StateFolder(Path folder) {
    this.folder = folder;
  }

  /** Returns the folder itself. */
  public Path path() {
    return folder;
  }

  /** Returns where the passages are indexed. */
  public Path index() {
    return folder.resolve("index");
  }

  /** Returns where traces are kept. */
  public Path traces() {
    return folder.resolve("traces");
  }

  /** Returns where the service keeps questions whose callers come back for the answer. */
  public Path jobs() {
    return folder.resolve("jobs");
  }

  /** Returns where the object store keeps its objects. */
  public Path objects() {
    return folder.resolve("s3");
  }

  /** Returns where the runtime server keeps its journal. */
  public Path runtime() {
    return folder.resolve("runtime");
  }

  /** Returns a folder for what must not outlive a run. */
  public Path temporary() {
    return folder.resolve("tmp");
  }

  /** Returns the log of the service. */
  public Path serviceLog() {
    return folder.resolve("logs").resolve("service.log");
  }

  /** Returns the log of the container. */
  public Path containerLog() {
    return folder.resolve("logs").resolve("container.log");
  }

  /** Returns what a detached start prints. */
  public Path startLog() {
    return folder.resolve("logs").resolve("up.log");
  }

  /** Makes the folder, with its logs, for its owner alone. */
  public void create() {
    try {
      PrivateFolder.at(folder);
      PrivateFolder.at(folder.resolve("logs"));
      PrivateFolder.at(temporary());
    } catch (IOException e) {
      throw failed("Cannot make the state folder " + folder, e);
    }
  }

  /** Returns the state on disk, absent if there is none or it can't be read. */
  public Optional<DeploymentState> read() {
    try {
      return Optional.of(JSON.readValue(stateFile().toFile(), DeploymentState.class));
    } catch (IOException e) {
      // Written by renaming, so an unreadable one is another version's: it says nothing to us.
      return Optional.empty();
    }
  }

  /**
   * Returns whether the deployment has ever been brought up on this machine. A folder alone says
   * nothing of that: an index for the cloud is made in it, too.
   */
  public boolean broughtUp() {
    return read().isPresent() || held();
  }

  /** Writes the state, whole or not at all. */
  public synchronized void write(DeploymentState state) {
    try {
      PrivateFolder.at(folder).write(STATE, JSON.writeValueAsBytes(state));
    } catch (IOException e) {
      throw failed("Cannot write " + stateFile(), e);
    }
  }

  private Path stateFile() {
    return folder.resolve(STATE);
  }

  /** Holds the deployment until it is closed, or this process ends. */
  public static final class Hold implements AutoCloseable {
    private final FileChannel channel;
    private final FileLock lock;

    private Hold(FileChannel channel, FileLock lock) {
      this.channel = channel;
      this.lock = lock;
    }

    @Override
    public void close() {
      try {
        lock.release();
        channel.close();
      } catch (IOException e) {
        // The operating system gives it back when this process ends.
        return;
      }
    }
  }

  /**
   * Takes the deployment, waiting a moment for a reader that only looks.
   *
   * @return absent if another process runs it
   */
  public Optional<Hold> tryHold() {
    create();
    long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    try {
      FileChannel channel =
          FileChannel.open(
              lockFile(),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.READ);
      while (true) {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          name(DeploymentState.Runner.current(), channel);
          return Optional.of(new Hold(channel, lock));
        }
        if (System.nanoTime() > end) {
          channel.close();
          return Optional.empty();
        }
        Thread.sleep(20);
      }
    } catch (IOException e) {
      throw failed("Cannot lock " + lockFile(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static void name(DeploymentState.Runner holder, FileChannel channel) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(JSON.writeValueAsBytes(holder)), 0);
  }

  /**
   * Returns the process that holds the deployment, absent if none does or it can't be found. It
   * says so in the lock itself: the state on disk may be an earlier run's, or unreadable.
   */
  public Optional<ProcessHandle> holder() {
    if (!held()) {
      return Optional.empty();
    }
    try {
      return JSON.readValue(lockFile().toFile(), DeploymentState.Runner.class).find();
    } catch (IOException e) {
      return read().flatMap(state -> state.runner().find());
    }
  }

  /** Returns whether a process runs the deployment now. */
  public boolean held() {
    try (FileChannel channel = FileChannel.open(lockFile(), StandardOpenOption.READ);
        // Shared, so that two readers never take each other for the holder.
        @Nullable FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return lock == null;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw failed("Cannot look at " + lockFile(), e);
    }
  }

  private Path lockFile() {
    return folder.resolve("run.lock");
  }

  /** Removes the folder and all below it; links are removed, never followed. */
  public void delete() {
    try {
      new PrivateFolder(folder).delete();
    } catch (IOException e) {
      throw failed("Cannot remove " + folder, e);
    }
  }

  /** Removes what an earlier run left for itself alone. */
  public void clearTemporary() {
    try {
      new PrivateFolder(temporary()).delete();
      PrivateFolder.at(temporary());
    } catch (IOException e) {
      throw failed("Cannot clear " + temporary(), e);
    }
  }

  private static OperationFailed failed(String what, IOException cause) {
    return new OperationFailed(
        "state_folder",
        what,
        reason(cause),
        "Check the folder's owner and the free space, or set SLIPWAY_HOME to another folder.",
        false,
        cause);
  }

  /** Says why without the path, which is in the sentence already. */
  private static String reason(IOException cause) {
    return switch (cause) {
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException e when e.getReason() != null ->
          e.getReason() + (e.getFile() == null ? "" : " (" + e.getFile() + ")");
      default -> String.valueOf(cause.getMessage());
    };
  }
}
