package dev.slipway.image;

import java.nio.file.Path;

/** Says what an image begins with: a JDK or JRE on a system with glibc. */
public sealed interface BaseImage {
  /**
   * A public JRE of the release that Slipway is built for. It is named by its tag, which moves with
   * security updates: name a digest to hold an image still.
   */
  BaseImage STANDARD = new Registry("eclipse-temurin:25-jre");

  /**
   * An image of a registry.
   *
   * @param reference {@code [registry/]repository[:tag|@digest]}, as Docker has it
   */
  record Registry(String reference) implements BaseImage {
    @Override
    public String toString() {
      return reference;
    }
  }

  /**
   * A file that {@code docker save} or {@code skopeo copy ... docker-archive:FILE} wrote.
   *
   * @param file the tar
   */
  record Tar(Path file) implements BaseImage {
    @Override
    public String toString() {
      return "tar:" + file;
    }
  }

  /** Reads {@code tar:FILE}, or a reference. */
  static BaseImage parse(String text) {
    return text.startsWith("tar:")
        ? new Tar(Path.of(text.substring("tar:".length())))
        : new Registry(text);
  }
}
