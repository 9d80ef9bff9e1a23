package dev.slipway.rag.index;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the documents below given paths.
 *
 * <p>Links are not followed: what they point to is found where it lies, if that is below a given
 * path, so neither loops nor doubles can come of them. The given paths themselves may be links,
 * hidden, or build output.
 */
final class FileWalk {

  private static final Set<String> BUILD_OUTPUT = Set.of("target", "node_modules");

  private final SourceNames names;
  private final Tally tally;
  private final SortedMap<String, Path> files = new TreeMap<>();
  private final List<Path> roots = new ArrayList<>();
  private final List<Path> unreadable = new ArrayList<>();

  FileWalk(SourceNames names, Tally tally) {
    this.names = names;
    this.tally = tally;
  }

  /** Adds what lies below a path; one that doesn't exist has nothing below it. */
  void add(Path path) throws IOException {
    Path root = SourceNames.real(path);
    roots.add(root);
    if (Files.isDirectory(root)) {
      Files.walkFileTree(root, new Visitor(root));
    } else if (Files.exists(root)) {
      addGivenFile(root);
    }
  }

  /** Returns the files by their names, in the order of the names. */
  SortedMap<String, Path> files() {
    return files;
  }

  /** Returns whether a stored document would have been found if it still existed. */
  boolean covers(Path document) {
    return roots.stream().anyMatch(document::startsWith)
        && unreadable.stream().noneMatch(document::startsWith);
  }

  private void addGivenFile(Path file) {
    if (!Files.isRegularFile(file)) {
      tally.problem(names.name(file), "it is neither a file nor a folder");
    } else if (Format.of(fileName(file)).isEmpty()) {
      tally.problem(names.name(file), "its type is unknown: .md, .txt, .html and .pdf can be read");
    } else {
      files.put(names.name(file), file);
    }
  }

  private static String fileName(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    private final Path root;

    Visitor(Path root) {
      this.root = root;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (folder.equals(root)) {
        return FileVisitResult.CONTINUE;
      }
      String name = fileName(folder);
      if (name.startsWith(".")) {
        tally.skip("hidden", names.name(folder));
        return FileVisitResult.SKIP_SUBTREE;
      }
      if (BUILD_OUTPUT.contains(name)) {
        tally.skip("build output", names.name(folder));
        return FileVisitResult.SKIP_SUBTREE;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = fileName(file);
      if (name.startsWith(".")) {
        tally.skip("hidden", names.name(file));
      } else if (attributes.isSymbolicLink()) {
        link(file);
      } else if (!attributes.isRegularFile()) {
        tally.skip("not a regular file", names.name(file));
      } else if (Format.of(name).isEmpty()) {
        String extension = Format.extension(name);
        tally.skip(
            extension.isEmpty() ? "no file extension" : "unknown type ." + extension,
            names.name(file));
      } else {
        files.put(names.name(file), file);
      }
      return FileVisitResult.CONTINUE;
    }

    private void link(Path link) {
      try {
        Path target = link.toRealPath();
        if (!target.startsWith(root)) {
          tally.skip("link that leads out of the given path", names.name(link));
        }
      } catch (IOException nowhere) {
        tally.skip("broken link", names.name(link));
      }
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      unreadable.add(file);
      tally.problem(
          names.name(file),
          failure instanceof AccessDeniedException
              ? "it may not be read"
              : "it can't be read (" + failure.getClass().getSimpleName() + ")");
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
      return failure == null ? FileVisitResult.CONTINUE : visitFileFailed(folder, failure);
    }
  }
}
