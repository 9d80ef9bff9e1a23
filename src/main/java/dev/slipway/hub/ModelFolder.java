package dev.slipway.hub;

import dev.slipway.model.RelativePath;
import dev.slipway.model.choice.Listing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A folder of this machine, seen as a set of relative paths: the one that a {@code file:} source
 * names, or a snapshot in Hugging Face's cache.
 *
 * @param source as a manifest has it
 * @param root its real path
 * @param boundary the folder that links may not leave: the root itself, but for a snapshot in
 *     Hugging Face's cache ({@code models--org--name/snapshots/COMMIT}) the repository's own folder
 *     there, because that cache keeps its bytes in {@code blobs} and links to them
 * @param only the one file that the source names, absent if it names the folder
 */
record ModelFolder(String source, Path root, Path boundary, Optional<String> only)
    implements Listing {

  // Models have dozens of files; a folder with more than this is no model's.
  private static final int MAX_ENTRIES = 100_000;
  private static final int MAX_DEPTH = 16;

  /**
   * Opens what a source names.
   *
   * @param uri the source
   * @param source where it lies
   * @throws java.nio.file.NoSuchFileException if it isn't there
   */
  static ModelFolder open(String uri, Path source) throws IOException {
    Path real = source.toRealPath();
    if (Files.isDirectory(real)) {
      return new ModelFolder(uri, real, boundary(real), Optional.empty());
    }
    // The name that the user gave, not the one that a link leads to: it says what the file is.
    Path name = Optional.ofNullable(source.getFileName()).orElse(real);
    Path parent = Optional.ofNullable(source.toAbsolutePath().normalize().getParent()).orElse(real);
    Path folder = parent.toRealPath();
    // A file that is named itself is meant, wherever a link leads.
    Path wide = Optional.ofNullable(folder.getRoot()).orElse(folder);
    return new ModelFolder(uri, folder, wide, Optional.of(name.toString()));
  }

  private static Path boundary(Path folder) {
    Path snapshots = folder.getParent();
    Path repository = snapshots == null ? null : snapshots.getParent();
    if (snapshots == null || repository == null) {
      return folder;
    }
    boolean cached =
        snapshots.endsWith("snapshots")
            && String.valueOf(repository.getFileName()).startsWith("models--")
            && Files.isDirectory(repository.resolve("blobs"));
    return cached ? repository : folder;
  }

  /** Returns where a file lies. */
  Path path(String relative) {
    return root.resolve(relative);
  }

  @Override
  public boolean has(String relative) {
    return Files.exists(path(relative), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Lists every path below the root that isn't a folder, without hidden ones ({@code .git}, {@code
   * .cache}); links to folders are listed, not entered.
   */
  @Override
  public NavigableSet<String> paths() throws IOException {
    NavigableSet<String> paths = new TreeSet<>();
    var visitor =
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(root) && hidden(folder)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!hidden(file) && !attributes.isDirectory()) {
              paths.add(relative(file));
            }
            return paths.size() < MAX_ENTRIES
                ? FileVisitResult.CONTINUE
                : FileVisitResult.TERMINATE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            // A folder that may not be read holds nothing that could be chosen.
            return FileVisitResult.CONTINUE;
          }
        };
    Files.walkFileTree(root, Set.of(), MAX_DEPTH, visitor);
    return paths;
  }

  @Override
  public long size(String relative) throws IOException {
    return Files.size(path(relative));
  }

  @Override
  public InputStream open(String relative) throws IOException {
    return Files.newInputStream(path(relative));
  }

  /** Says why a chosen file may not be read; absent if it may. Opens nothing: a pipe would wait. */
  @Override
  public Optional<String> problem(String relative) {
    Optional<String> name = RelativePath.problem(relative);
    if (name.isPresent()) {
      return name;
    }
    try {
      Path real = path(relative).toRealPath();
      if (!real.startsWith(boundary)) {
        return Optional.of("it is a link that leads out of the model's folder");
      }
      if (!Files.isRegularFile(real)) {
        return Optional.of("it is no regular file");
      }
      return Files.isReadable(real) ? Optional.empty() : Optional.of("it may not be read");
    } catch (NoSuchFileException e) {
      return Optional.of(has(relative) ? "it is a link that leads nowhere" : "it is missing");
    } catch (IOException e) {
      return Optional.of("it can't be looked at (" + e + ")");
    }
  }

  private String relative(Path file) {
    return root.relativize(file).toString().replace(root.getFileSystem().getSeparator(), "/");
  }

  private static boolean hidden(Path path) {
    return String.valueOf(path.getFileName()).startsWith(".");
  }
}
