package dev.slipway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.failure.Failure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.failure.UsageFailure;
import dev.slipway.local.DeploymentState;
import dev.slipway.local.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Starts {@code slipway up} in a process of its own and waits until it is ready, or has failed. */
final class DetachedStart {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Surroundings surroundings;
  private final StateFolder folder;

  DetachedStart(Surroundings surroundings, StateFolder folder) {
    this.surroundings = surroundings;
    this.folder = folder;
  }

  /** How a detached start ended, left in a file by the process that was started. */
  record Outcome(Path file) {

    /** Says that the deployment is ready. */
    void ready() {
      write(Map.of("ready", true));
    }

    /** Runs the work and leaves its failure, if it fails. */
    int reporting(Callable<Integer> work) {
      try {
        return work.call();
      } catch (Exception e) {
        Failure failure = e instanceof Failure known ? known : Unexpected.of(e);
        Map<String, Object> document = new LinkedHashMap<>(FailureReport.document(failure));
        document.put("exit", ExitCode.of(failure));
        write(document);
        throw failure;
      }
    }

    private void write(Map<String, Object> document) {
      try {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, JSON.writeValueAsBytes(document));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    Optional<JsonNode> read() {
      try {
        return Files.exists(file) ? Optional.of(JSON.readTree(file.toFile())) : Optional.empty();
      } catch (IOException e) {
        return Optional.empty();
      }
    }
  }

  /**
   * Starts the deployment and returns its state once it is ready.
   *
   * @throws Failure the one that the process ended with, if it did not come up
   */
  DeploymentState start(ManifestOptions.Selection selection, Optional<Integer> port) {
    folder.create();
    Path log = folder.startLog();
    Outcome outcome =
        new Outcome(folder.path().resolve("up-" + ProcessHandle.current().pid() + ".json"));
    Process process = launch(selection, port, log, outcome);
    // Ctrl-C here means that nobody wants it any more.
    Thread hook = Thread.ofPlatform().unstarted(process::destroy);
    Runtime.getRuntime().addShutdownHook(hook);
    try (var progress = new ProgressRelay(log, surroundings.console())) {
      while (true) {
        Optional<JsonNode> said = outcome.read();
        boolean ended = !process.isAlive();
        progress.relay();
        if (said.isPresent() && said.get().has("ready")) {
          return folder.read().orElseThrow();
        }
        if (said.isPresent()) {
          throw failure(said.get());
        }
        if (ended && outcome.read().isEmpty()) {
          throw new OperationFailed(
              "start_failed",
              "Cannot start \"" + selection.manifest().name() + "\"",
              "its process ended with exit code " + process.exitValue() + " and no word",
              "See what it printed: " + log);
        }
        process.waitFor(50, TimeUnit.MILLISECONDS);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new dev.slipway.failure.Interrupted(
          "The start was interrupted", "this process was told to stop.", "Run it again.");
    } finally {
      Runtime.getRuntime().removeShutdownHook(hook);
      outcome.file().toFile().delete();
    }
  }

  /** Returns the failure that the process left, so that its exit code is ours. */
  static Failure failure(JsonNode outcome) {
    JsonNode error = outcome.path("error");
    String code = error.path("code").asText();
    String what = error.path("what").asText();
    String why = error.path("why").asText();
    String next = error.path("next").asText();
    return switch (outcome.path("exit").asInt()) {
      case ExitCode.REFUSED -> new Refused(code, what, why, next);
      case ExitCode.USAGE -> new UsageFailure(what, why, next);
      default ->
          new OperationFailed(code, what, why, next, error.path("retriable").asBoolean(), null);
    };
  }

  private Process launch(
      ManifestOptions.Selection selection, Optional<Integer> port, Path log, Outcome outcome) {
    List<String> command = new ArrayList<>();
    // A session of its own, where the system has the means: a closed terminal must not end it.
    onPath("setsid").ifPresent(setsid -> command.add(setsid.toString()));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JavaFlags.SERVICE);
    // What libraries unpack goes with the deployment, also where the process is killed.
    command.add("-Djava.io.tmpdir=" + folder.temporary());
    surroundings.distribution().argument().ifPresent(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.add("up");
    command.addAll(selection.arguments());
    port.ifPresent(p -> command.addAll(List.of("--port", String.valueOf(p))));
    command.addAll(List.of("--outcome", outcome.file().toString()));
    try {
      Files.deleteIfExists(log);
      Files.createFile(log);
      return new ProcessBuilder(command)
          .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .start();
    } catch (IOException e) {
      throw new OperationFailed(
          "start_failed",
          "Cannot start a process of its own for \"" + selection.manifest().name() + "\"",
          String.valueOf(e.getMessage()),
          "Start it in the foreground: slipway up",
          false,
          e);
    }
  }

  private Optional<Path> onPath(String program) {
    for (String place : surroundings.environment().getOrDefault("PATH", "").split(":", -1)) {
      Path candidate = Path.of(place, program);
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
