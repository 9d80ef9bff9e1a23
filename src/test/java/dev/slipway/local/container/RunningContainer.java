package dev.slipway.local.container;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts the container as a real process, and reads its reports. */
final class RunningContainer implements AutoCloseable {
  final Process process;
  final Path standardError;
  private final BufferedReader reports;

  private RunningContainer(Process process, Path standardError) {
    this.process = process;
    this.standardError = standardError;
    this.reports =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static RunningContainer start(Path temporary, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-Dlogback.configurationFile=dev/slipway/local/container/logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    Path error = temporary.resolve("stderr.txt");
    Process process = new ProcessBuilder(command).redirectError(error.toFile()).start();
    return new RunningContainer(process, error);
  }

  /** Returns the next line of standard output. */
  String report() {
    try {
      return String.valueOf(reports.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes its standard input, and returns the exit code. */
  int endOfInput() throws IOException, InterruptedException {
    process.getOutputStream().close();
    return exitCode();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the container did not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
