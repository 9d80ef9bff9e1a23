package dev.slipway.deploy.synthesis;

import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Node.js that the CDK can run on.
 *
 * @param program its path
 * @param major the first number of its version
 */
public record Node(Path program, int major) {
  /** The variable that names one outright. */
  static final String VARIABLE = "SLIPWAY_NODE";

  /** What aws-cdk-lib 2.263.0 asks for in its package.json. */
  static final int LEAST = 20;

  private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.\\d+\\.\\d+\\S*");
  private static final int SECONDS = 20;

  /**
   * Says which Node the CDK would run on, and where it is.
   *
   * @throws OperationFailed if there is none, or one that is too old; how to get one is in it
   */
  public static String version(Map<String, String> environment) {
    Node node = find(environment);
    return "Node " + node.major() + ", " + node.program();
  }

  /**
   * Finds the Node that {@code SLIPWAY_NODE} names, else the first on the path.
   *
   * @throws OperationFailed if there is none, or one that is too old
   */
  static Node find(Map<String, String> environment) {
    String named = environment.getOrDefault(VARIABLE, "");
    Path program =
        named.isEmpty()
            ? onPath(environment)
                .orElseThrow(() -> missing("there is no `node` on the PATH", "Install one"))
            : Path.of(named).toAbsolutePath();
    if (!Files.isExecutable(program) || Files.isDirectory(program)) {
      throw missing(
          VARIABLE + " names " + program + ", which is no program",
          "Point it at a node, or unset it,");
    }
    String said = version(program);
    Matcher version = VERSION.matcher(said);
    if (!version.matches()) {
      throw missing(program + " --version answered \"" + said + "\"", "Point it at a real one,");
    }
    int major = Integer.parseInt(version.group(1));
    if (major < LEAST) {
      throw missing(program + " is Node " + major, "Install a newer one");
    }
    return new Node(program, major);
  }

  private static Optional<Path> onPath(Map<String, String> environment) {
    return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, "node"))
        .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
        .findFirst();
  }

  private static String version(Path program) {
    try {
      Process process =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "nothing within " + SECONDS + " s";
      }
      byte[] said = process.getInputStream().readNBytes(200);
      return new String(said, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "Nothing was changed",
          "this process was told to stop while it looked for Node.js.",
          "Run the command again.");
    }
  }

  private static OperationFailed missing(String why, String what) {
    return new OperationFailed(
        "no_node",
        "Cannot write the templates: the CDK needs Node.js " + LEAST + " or newer",
        why,
        what
            + " (nodejs.org, or your system's packages), or set "
            + VARIABLE
            + " to one; `slipway up` needs none.");
  }
}
