package dev.slipway.image;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * Slipway itself, as it lies on this machine.
 *
 * @param code its jar, or the folder of its classes
 * @param libraries the jars that it uses, in the order in which they are searched
 */
public record Program(Path code, List<Path> libraries) {
  /** Copies the list. */
  public Program {
    libraries = List.copyOf(libraries);
  }

  /**
   * Finds the program that a class path starts.
   *
   * @param classPath as in {@code java.class.path}
   * @param code where Slipway's own classes are from
   */
  public static Program of(String classPath, Path code) {
    List<Path> entries =
        Arrays.stream(classPath.split(File.pathSeparator, -1))
            .filter(entry -> !entry.isEmpty())
            .map(entry -> Path.of(entry).toAbsolutePath().normalize())
            .toList();
    Path own = code.toAbsolutePath().normalize();
    List<Path> libraries = new ArrayList<>();
    for (Path entry : entries) {
      if (entry.equals(own) && isJar(entry)) {
        libraries.addAll(named(entry));
      } else if (isJar(entry)) {
        libraries.add(entry);
      }
    }
    return new Program(own, libraries);
  }

  static boolean isJar(Path file) {
    return file.toString().endsWith(".jar");
  }

  /** Returns what a jar's manifest names as its class path. */
  private static List<Path> named(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      String path =
          Optional.ofNullable(file.getManifest())
              .map(manifest -> manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH))
              .orElse("");
      return Arrays.stream(path.split(" ", -1))
          .filter(entry -> !entry.isEmpty())
          .map(entry -> jar.resolveSibling(entry).normalize())
          .filter(entry -> entry.toFile().exists())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
