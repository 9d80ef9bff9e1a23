package dev.slipway.api.job;

import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Keeps jobs in a folder of this machine, one file for each, which its owner alone can read. Two
 * processes may share it: changes are made under a file lock.
 */
public final class FolderJobStore implements JobStore {
  private static final String ENDING = ".json";
  private static final String UNFINISHED = ".tmp";
  private static final String LOCK = "lock";

  private final Path folder;

  private FolderJobStore(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens a folder, and makes it where it is missing.
   *
   * @throws OperationFailed if it can't be made
   */
  public static FolderJobStore open(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(absolute, permissions(absolute, "rwx------"));
    } catch (IOException e) {
      throw failed("make", absolute, e);
    }
    FolderJobStore store = new FolderJobStore(absolute);
    store.locked(store::removeUnfinished);
    return store;
  }

  /** Removes what a process wrote that was killed in the middle: there are questions in it. */
  private boolean removeUnfinished() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().endsWith(UNFINISHED)) {
          Files.deleteIfExists(file);
        }
      }
    }
    return true;
  }

  @Override
  public boolean add(String name, byte[] body) {
    return locked(
        () -> {
          if (Files.exists(file(name))) {
            return false;
          }
          write(name, body);
          return true;
        });
  }

  @Override
  public Optional<Kept> read(String name) {
    try {
      byte[] body = Files.readAllBytes(file(name));
      return Optional.of(new Kept(body, version(body)));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("read", folder, e);
    }
  }

  @Override
  public boolean replace(String name, String version, byte[] body) {
    return locked(
        () -> {
          boolean unchanged = read(name).filter(kept -> kept.version().equals(version)).isPresent();
          if (unchanged) {
            write(name, body);
          }
          return unchanged;
        });
  }

  @Override
  public List<Entry> list(String prefix) {
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = String.valueOf(file.getFileName());
        if (name.startsWith(prefix) && name.endsWith(ENDING)) {
          modified(file)
              .ifPresent(
                  at ->
                      entries.add(
                          new Entry(name.substring(0, name.length() - ENDING.length()), at)));
        }
      }
      return entries;
    } catch (IOException e) {
      throw failed("list", folder, e);
    }
  }

  /** Absent if it was removed meanwhile. */
  private static Optional<Instant> modified(Path file) throws IOException {
    try {
      return Optional.of(Files.getLastModifiedTime(file).toInstant());
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
  }

  @Override
  public void remove(String name) {
    try {
      Files.deleteIfExists(file(name));
    } catch (IOException e) {
      throw failed("change", folder, e);
    }
  }

  private Path file(String name) {
    return folder.resolve(name + ENDING);
  }

  /** Writes so that a reader sees the old bytes or the new ones, never a part. */
  private void write(String name, byte[] body) throws IOException {
    Path temporary = folder.resolve(UUID.randomUUID() + UNFINISHED);
    try {
      Files.createFile(temporary, permissions(folder, "rw-------"));
      Files.write(temporary, body);
      Files.move(temporary, file(name), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private interface Change {
    boolean make() throws IOException;
  }

  private synchronized boolean locked(Change change) {
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(LOCK),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                permissions(folder, "rw-------"));
        FileLock _ = channel.lock()) {
      return change.make();
    } catch (IOException e) {
      throw failed("change", folder, e);
    }
  }

  private static FileAttribute<?>[] permissions(Path at, String mode) {
    return at.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  /** A file's time is too coarse to tell two writes apart. */
  private static String version(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static OperationFailed failed(String what, Path folder, IOException cause) {
    return new OperationFailed(
        "job_folder",
        "Cannot " + what + " the jobs in " + folder,
        cause.getClass().getSimpleName(),
        "Check the folder's owner and the free space, or set SLIPWAY_HOME to another folder.",
        false,
        cause);
  }

  /** Nothing is open between two calls. */
  @Override
  public void close() {}
}
