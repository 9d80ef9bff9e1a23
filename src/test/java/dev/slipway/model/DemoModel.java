package dev.slipway.model;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the demo model, which lies at the root of the project, from wherever tests are started. */
public final class DemoModel {

  private DemoModel() {}

  /** Returns its folder. */
  public static Path folder() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path folder = at.resolve("demo-model");
      if (Files.isDirectory(folder)) {
        return folder;
      }
    }
    throw new IllegalStateException("the project has no demo-model folder");
  }

  /** Returns its GGUF file. */
  public static Path gguf() {
    return folder().resolve("model.gguf");
  }
}
