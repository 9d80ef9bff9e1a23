package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds what ships beside the program: the bundled sample, the demo model, the documentation. */
final class Distribution {
  private final Optional<Path> root;

  Distribution(Optional<Path> root) {
    this.root = root;
  }

  /** Reads where the launcher says that the program lies. */
  static Distribution ofLauncher() {
    return new Distribution(Optional.ofNullable(System.getProperty("slipway.root")).map(Path::of));
  }

  /** Returns the manifest that {@code slipway up} uses where the user has none. */
  Path sampleManifest() {
    return existing("templates/sample/slipway.yaml");
  }

  /** Returns the folder of it all. */
  Path folder() {
    return existing("");
  }

  /** Returns the documents that the sample answers from. */
  Path documentation() {
    return existing("docs");
  }

  /** Returns the JVM argument that tells another process the same, absent if there is none. */
  Optional<String> argument() {
    return root.map(folder -> "-Dslipway.root=" + folder);
  }

  private Path existing(String name) {
    return root.map(r -> r.resolve(name))
        .filter(Files::exists)
        .orElseThrow(
            () ->
                new OperationFailed(
                    "no_distribution",
                    "Cannot find the bundled " + name,
                    "the program was not started by the slipway script of its own folder",
                    "Start ./slipway in Slipway's folder, or give a manifest with -f."));
  }
}
