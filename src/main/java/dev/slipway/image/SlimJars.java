package dev.slipway.image;

import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Keeps jars without what an image has no use for, each made once, below a cache folder. */
public final class SlimJars {
  /** The same for every entry and in every time zone; jars know no time before 1980. */
  private static final LocalDateTime MADE = LocalDateTime.of(1980, 2, 1, 0, 0);

  private final Path folder;

  /** Makes it; the folder need not exist. */
  public SlimJars(Path folder) {
    this.folder = folder;
  }

  /**
   * Returns the jar as an image for the platform has it: the jar itself, or a smaller one of the
   * same name.
   *
   * @throws OperationFailed if it can't be read, or the smaller one can't be written
   */
  Path of(Path jar, Platform platform) {
    Optional<ForeignNatives> foreign =
        ForeignNatives.of(String.valueOf(jar.getFileName()), platform);
    return foreign.isEmpty() ? jar : slim(jar, platform, foreign.get());
  }

  private Path slim(Path jar, Platform platform, ForeignNatives foreign) {
    try {
      // A library of the same name and size is the same: names of released jars have versions.
      Path slim =
          folder
              .resolve(platform.architecture() + "-" + Files.size(jar))
              .resolve(jar.getFileName());
      if (!Files.exists(slim)) {
        Path home = Files.createDirectories(slim.resolveSibling(""));
        Path part = Files.createTempFile(home, "slim", ".part");
        try {
          copy(jar, part, foreign);
          Files.move(part, slim, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Files.deleteIfExists(part);
        }
      }
      return slim;
    } catch (IOException e) {
      throw new OperationFailed(
          "image_not_built",
          "Cannot make a smaller " + jar.getFileName(),
          String.valueOf(e.getMessage()),
          "Check that the cache folder can be written and the disk has room.",
          false,
          e);
    }
  }

  private static void copy(Path jar, Path part, ForeignNatives foreign) throws IOException {
    try (ZipFile from = new ZipFile(jar.toFile());
        OutputStream out = Files.newOutputStream(part);
        ZipOutputStream to = new ZipOutputStream(out)) {
      List<? extends ZipEntry> entries = Collections.list(from.entries());
      for (ZipEntry entry : entries) {
        if (entry.isDirectory() || foreign.has(entry.getName())) {
          continue;
        }
        ZipEntry kept = new ZipEntry(entry.getName());
        kept.setTimeLocal(MADE);
        to.putNextEntry(kept);
        try (InputStream bytes = from.getInputStream(entry)) {
          bytes.transferTo(to);
        }
        to.closeEntry();
      }
    }
  }
}
