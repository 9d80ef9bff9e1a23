package dev.slipway.deploy.synthesis;

import dev.slipway.failure.OperationFailed;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The CDK app, as built: what a child process is started from.
 *
 * @param classPath its jars and folders
 * @param mainClass what {@code cdk.json} runs too
 */
public record InfraApp(List<Path> classPath, String mainClass) {
  private static final String MAIN = "dev.slipway.infra.Main";

  /** Larger jars are other people's releases, whose name says which. */
  private static final long HASHED_BYTES = 4L << 20;

  /** Makes the class path mean the same from any folder: the child runs in another. */
  public InfraApp {
    classPath = classPath.stream().map(Path::toAbsolutePath).toList();
  }

  /**
   * Finds the app that the launcher built, or the one that Maven did.
   *
   * @param distribution the folder that the program lies in
   * @throws OperationFailed if there is none
   */
  public static InfraApp of(Path distribution) {
    String launchers = System.getProperty("slipway.infra", "");
    return in(launchers.isEmpty() ? distribution.resolve("infra/target") : Path.of(launchers));
  }

  /**
   * Finds the app where Maven or the launcher put it.
   *
   * @param folder holds the app's jars, and its libraries in {@code lib}
   * @throws OperationFailed if it isn't there
   */
  public static InfraApp in(Path folder) {
    try {
      List<Path> jars = new ArrayList<>(jars(folder));
      jars.addAll(jars(folder.resolve("lib")));
      if (jars.stream().anyMatch(jar -> name(jar).startsWith("slipway-infra"))
          && jars.stream().anyMatch(jar -> name(jar).startsWith("aws-cdk-lib"))) {
        return new InfraApp(jars, MAIN);
      }
    } catch (IOException e) {
      throw absent(folder, e);
    }
    throw absent(folder, new FileNotFoundException(folder.toString()));
  }

  private static OperationFailed absent(Path folder, IOException cause) {
    return new OperationFailed(
        "no_cdk_app",
        "Cannot find the CDK app that writes the templates",
        "there is no complete one in " + folder,
        "Start ./slipway in Slipway's folder, which builds it, or build it with"
            + " `./mvnw -Dquick package`.",
        false,
        cause);
  }

  private static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> name(file).endsWith(".jar")).sorted().toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** Adds to a digest what another version of the app would have otherwise. */
  void identify(MessageDigest digest) throws IOException {
    for (Path entry : classPath) {
      if (Files.isDirectory(entry)) {
        try (Stream<Path> files = Files.walk(entry)) {
          for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
            identify(file, digest);
          }
        }
      } else if (Files.exists(entry)) {
        identify(entry, digest);
      }
    }
    digest.update(mainClass.getBytes(StandardCharsets.UTF_8));
  }

  private static void identify(Path file, MessageDigest digest) throws IOException {
    long size = Files.size(file);
    if (size <= HASHED_BYTES) {
      digest.update(Files.readAllBytes(file));
    } else {
      digest.update((name(file) + " " + size + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }
}
