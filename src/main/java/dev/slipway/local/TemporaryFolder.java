package dev.slipway.local;

import dev.slipway.local.loopback.PrivateFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes and removes the folders for containers' temporary files. Their names say whose they are, so
 * that those of a parent that was killed are removed by the next one.
 */
final class TemporaryFolder {
  private static final Pattern NAME = Pattern.compile("container-([0-9]+)-.*");

  private TemporaryFolder() {}

  /** Makes a new folder, and removes those of processes that are gone. */
  static Path create(Path parent) throws IOException {
    Files.createDirectories(parent);
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, "container-*")) {
      for (Path folder : folders) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
          delete(folder);
        }
      }
    }
    return Files.createTempDirectory(parent, "container-" + ProcessHandle.current().pid() + "-");
  }

  /** Removes a folder with all that is in it; links are removed, not followed. */
  static void delete(Path folder) {
    try {
      new PrivateFolder(folder).delete();
    } catch (IOException e) {
      // left behind, in a folder of ours: the next one to be made removes it
    }
  }
}
