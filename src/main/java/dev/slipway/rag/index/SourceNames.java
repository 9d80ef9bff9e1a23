package dev.slipway.rag.index;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Gives every file one name, however it was reached: its real path, relative to the base folder
 * where it lies within, absolute where it doesn't; with {@code /} on every system.
 */
final class SourceNames {

  private final Path base;

  /** Takes the folder that names are relative to; it must exist. */
  SourceNames(Path base) throws IOException {
    this.base = base.toRealPath();
  }

  /** Returns the name of a real path. */
  String name(Path real) {
    Path named = real.startsWith(base) && !real.equals(base) ? base.relativize(real) : real;
    return named.toString().replace(named.getFileSystem().getSeparator(), "/");
  }

  /** Returns the path of a name. */
  Path path(String name) {
    return base.resolve(name).normalize();
  }

  /**
   * Returns the real path, or what it would be if it existed: links in its folders are followed.
   */
  static Path real(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (NoSuchFileException gone) {
      Path parent = absolute.getParent();
      Path name = absolute.getFileName();
      return parent == null || name == null ? absolute : real(parent).resolve(name);
    }
  }
}
