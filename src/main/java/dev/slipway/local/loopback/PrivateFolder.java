package dev.slipway.local.loopback;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps files that only this user may read: folders are made with mode 0700, files with 0600, from
 * the first moment that they exist. On file systems without POSIX permissions the parent's rules
 * hold. Thread-safe.
 *
 * @param path the folder, which exists
 */
public record PrivateFolder(Path path) {

  /**
   * Opens a folder, and makes it, and its parents, where they are missing.
   *
   * @throws IOException if it can't be made, or is something else than a folder
   */
  public static PrivateFolder at(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Files.createDirectories(absolute, permissions(absolute, "rwx------"));
    return new PrivateFolder(absolute);
  }

  /**
   * Opens a folder below this one, and makes it where it is missing.
   *
   * @throws IllegalArgumentException if the name would lead out of this folder
   */
  public PrivateFolder child(String name) throws IOException {
    return at(file(name));
  }

  /**
   * Returns where a file or folder of this name lies, whether it exists or not.
   *
   * @throws IllegalArgumentException if the name would lead out of this folder
   */
  public Path file(String name) {
    Path file = path.resolve(name);
    if (!path.equals(file.getParent()) || !file.equals(file.normalize())) {
      throw new IllegalArgumentException("not the name of a file: \"" + name + "\"");
    }
    return file;
  }

  /** Makes a new file, open for writing. */
  public FileChannel create(String name) throws IOException {
    Path file = file(name);
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        permissions(path, "rw-------"));
  }

  /** Writes a whole file so that a reader sees the old bytes or the new ones, never a part. */
  public void write(String name, byte[] content) throws IOException {
    String temporary = UUID.randomUUID() + TEMPORARY;
    try {
      try (FileChannel channel = create(temporary)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
      Files.move(file(temporary), file(name), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(file(temporary));
    }
  }

  /**
   * How the names of half-written files end; what a crash left under such a name may be deleted.
   */
  public static final String TEMPORARY = ".tmp";

  private static FileAttribute<?>[] permissions(Path at, String mode) {
    return at.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  /** Deletes the folder with all that is in it, if it exists; links are deleted, not followed. */
  public void delete() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Returns whether a folder of this name exists below this one. */
  public boolean hasFolder(String name) {
    return Files.isDirectory(file(name), LinkOption.NOFOLLOW_LINKS);
  }
}
