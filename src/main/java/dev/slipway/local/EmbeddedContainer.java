package dev.slipway.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.failure.OperationFailed;
import dev.slipway.local.container.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** llama.cpp in a child JVM, with a folder for temporary files of its own. */
final class EmbeddedContainer implements Container {
  private static final Duration LISTENS = Duration.ofSeconds(60);
  private static final Duration POLITE = Duration.ofSeconds(3);
  // What a process needs of its parent's environment; secrets of the user's shell stay out of it.
  private static final List<String> INHERITED =
      List.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "SystemRoot");
  // Lines that llama.cpp writes for every request, about ten each.
  private static final List<String> CHATTER =
      List.of("slot ", "srv  update_slots", "srv  cancel_tasks", "prompt eval time =");
  private static final List<String> TIMINGS = List.of("eval time =", "total time =");

  private final Process process;
  private final Path temporary;
  private final ContainerLog log;
  private final Pinger pinger;
  private final List<Thread> pumps = new ArrayList<>();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private volatile @Nullable String failure;

  private EmbeddedContainer(Process process, Path temporary, ContainerLog log, Pinger pinger) {
    this.process = process;
    this.temporary = temporary;
    this.log = log;
    this.pinger = pinger;
    pumps.add(Thread.ofVirtual().start(() -> pump(process.getInputStream(), this::report)));
    pumps.add(Thread.ofVirtual().start(() -> pump(process.getErrorStream(), this::chat)));
  }

  /**
   * Starts the process; its model is not loaded yet when this returns, but it listens, or has
   * ended.
   *
   * @throws OperationFailed if there is no process, or it doesn't listen in time
   */
  static EmbeddedContainer start(
      ContainerSpec.Embedded spec, Path temporaryParent, ContainerLog log, Pinger pinger)
      throws InterruptedException {
    Path temporary = null;
    try {
      temporary = TemporaryFolder.create(temporaryParent);
      ProcessBuilder builder = new ProcessBuilder(command(spec, temporary));
      environment(builder.environment(), spec.environment());
      EmbeddedContainer container = new EmbeddedContainer(builder.start(), temporary, log, pinger);
      log.add(startLine(container.process));
      container.awaitPort();
      return container;
    } catch (IOException e) {
      if (temporary != null) {
        TemporaryFolder.delete(temporary);
      }
      throw new OperationFailed(
          "container_not_started",
          "Cannot start the model's process",
          String.valueOf(e.getMessage()),
          "Check that the disk has room and that the folder for state can be written.",
          false,
          e);
    }
  }

  private static List<String> command(ContainerSpec.Embedded spec, Path temporary) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xms16m",
        "-Xmx256m",
        // A small and short life: quick to start, few threads beside the engine's.
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        // What a crash leaves goes where it is removed: it may hold parts of prompts.
        "-XX:-CreateCoredumpOnCrash",
        "-XX:ErrorFile=" + temporary.resolve("crash.log"),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Djava.io.tmpdir=" + temporary,
        "-Dlogback.configurationFile=dev/slipway/local/container/logback.xml",
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "--model",
        spec.gguf().toAbsolutePath().toString(),
        "--parallel",
        Integer.toString(spec.parallel()),
        "--context",
        Integer.toString(spec.context()));
  }

  private static void environment(Map<String, String> environment, Map<String, String> added) {
    environment.keySet().retainAll(INHERITED);
    environment.putAll(added);
  }

  private void awaitPort() throws InterruptedException {
    CompletableFuture<Boolean> unused = process.onExit().thenApply(ended -> port.complete(0));
    try {
      port.get(LISTENS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      close();
      throw new OperationFailed(
          "container_not_started",
          "The model's process did not listen within " + LISTENS.toSeconds() + " s",
          ProcessEnd.cause(log.lastLines()).orElse("it said nothing"),
          "Look at `slipway logs`, and whether the machine is overloaded.");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      close();
      throw e;
    }
  }

  /** Takes a line of standard output: the process's own reports, as JSON. */
  private void report(String line) {
    log.add(line);
    try {
      JsonNode report = new JsonMapper().readTree(line);
      if (report.path("port").isInt()) {
        port.complete(report.path("port").intValue());
      }
      if ("failed".equals(report.path("status").textValue())) {
        failure = report.path("reason").asText();
      }
    } catch (JsonProcessingException e) {
      // not a report: logged all the same
    }
  }

  private void chat(String line) {
    boolean chatter =
        line.isBlank()
            || CHATTER.stream().anyMatch(line::startsWith)
            || TIMINGS.stream().anyMatch(line::contains);
    if (!chatter || line.contains("error")) {
      log.add(line);
    }
  }

  private static void pump(InputStream in, Consumer<String> lines) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      String line = reader.readLine();
      while (line != null) {
        lines.accept(line);
        line = reader.readLine();
      }
    } catch (IOException e) {
      // the process is gone
    }
  }

  /** Returns the last lines of the log, less those of containers before this one. */
  private List<String> linesSinceStart() {
    List<String> lines = log.lastLines();
    int started = lines.lastIndexOf(startLine(process));
    return lines.subList(started + 1, lines.size());
  }

  private static String startLine(Process process) {
    return "slipway: started the container, process " + process.pid();
  }

  /** Returns the id of the process. */
  long pid() {
    return process.pid();
  }

  @Override
  public URI address() {
    return URI.create("http://localhost:" + port.getNow(0));
  }

  @Override
  public Optional<String> unhealthy() {
    return pinger.unhealthy(address().resolve("/ping"));
  }

  @Override
  public Optional<End> awaitEnd(Duration wait) throws InterruptedException {
    if (!process.waitFor(wait.toNanos(), TimeUnit.NANOSECONDS)) {
      return Optional.empty();
    }
    for (Thread pump : pumps) {
      pump.join(Duration.ofSeconds(2)); // its last lines say why
    }
    int code = process.exitValue();
    List<String> lines = linesSinceStart();
    String words = "the model's process " + ProcessEnd.words(code, lines);
    String reported = failure;
    Optional<String> cause = reported != null ? Optional.of(reported) : ProcessEnd.cause(lines);
    return Optional.of(
        new End(cause.map(c -> words + ": " + c).orElse(words), ProcessEnd.hopeless(code)));
  }

  @Override
  public boolean restartable() {
    return true;
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close(); // the end of its standard input is its end
    } catch (IOException e) {
      // it is gone already
    }
    boolean interrupted = false;
    try {
      if (!process.waitFor(POLITE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        process.waitFor(POLITE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      interrupted = true;
    }
    TemporaryFolder.delete(temporary);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
