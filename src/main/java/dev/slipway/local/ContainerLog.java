package dev.slipway.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Keeps what a container says: line by line, dated, in a file that only its owner reads and that is
 * rotated once (to {@code NAME.1}) when it is full; and the last lines in memory, for reasons.
 * Thread-safe. A disk that takes no more loses lines, not the container.
 */
final class ContainerLog implements AutoCloseable {
  private static final int LAST_LINES = 40;
  private static final int LINE_CHARACTERS = 4_000;

  private final Path file;
  private final long maxBytes;
  private final Clock clock;
  private final Deque<String> last = new ArrayDeque<>();
  private OutputStream out;
  private long written;

  /**
   * Opens a log; what the file holds already stays.
   *
   * @param maxBytes of the file before it is rotated; at most twice as much is kept
   */
  ContainerLog(Path file, long maxBytes, Clock clock) throws IOException {
    this.file = file;
    this.maxBytes = maxBytes;
    this.clock = clock;
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    this.out = open();
    this.written = Files.size(file);
  }

  /** Adds a line, which may be cut to a few thousand characters. */
  synchronized void add(String line) {
    String cut = line.length() > LINE_CHARACTERS ? line.substring(0, LINE_CHARACTERS) : line;
    String clean =
        cut.chars()
            .filter(c -> c == '\t' || c >= ' ')
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    last.addLast(clean);
    if (last.size() > LAST_LINES) {
      last.removeFirst();
    }
    String dated = clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + clean + "\n";
    byte[] bytes = dated.getBytes(StandardCharsets.UTF_8);
    try {
      if (written + bytes.length > maxBytes) {
        out.close();
        Path rotated = file.resolveSibling(file.getFileName() + ".1");
        Files.move(file, rotated, StandardCopyOption.REPLACE_EXISTING);
        out = open();
        written = 0;
      }
      out.write(bytes);
      out.flush();
      written += bytes.length;
    } catch (IOException e) {
      // kept in memory at least; a log must not end what it logs
    }
  }

  /** Returns the last lines, undated, oldest first. */
  synchronized List<String> lastLines() {
    return List.copyOf(last);
  }

  private OutputStream open() throws IOException {
    if (Files.notExists(file)) {
      Files.createFile(file, ownerOnly(file));
    }
    return Files.newOutputStream(file, StandardOpenOption.APPEND);
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rw-------");
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  @Override
  public synchronized void close() {
    try {
      out.close();
    } catch (IOException e) {
      // every line was flushed already
    }
  }
}
