package dev.slipway.local.container;

import dev.slipway.failure.Failure;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the model container. Standard output carries one JSON line {@code {"port":N}} as soon as it
 * listens, then one {@code {"status":"ready",...}} or {@code {"status":"failed","reason":"..."}};
 * everything else goes to standard error. It ends when its standard input does: it never outlives
 * who started it, however that one ended.
 */
public final class Main {
  /** The exit code for arguments that are none. */
  public static final int USAGE = 64;

  /** The exit code for a model that can't be loaded. */
  public static final int MODEL_FAILED = 65;

  /** The exit code for a port that can't be listened on. */
  public static final int PORT_FAILED = 66;

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private final PrintStream report;
  private final Json json = new Json();
  private final AtomicReference<ModelState> state = new AtomicReference<>(new ModelState.Loading());
  private final EngineCounters counters = new EngineCounters();

  private Main(PrintStream report) {
    this.report = report;
  }

  /** Serves until standard input ends; see {@link Arguments#parse} for the arguments. */
  public static void main(String[] words) {
    PrintStream report = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err); // the native library's loader prints there
    Arguments arguments;
    try {
      arguments = Arguments.parse(words);
    } catch (IllegalArgumentException e) {
      System.err.println("container: " + e.getMessage());
      ProcessExit.now(USAGE);
      return;
    }
    new Main(report).run(arguments);
  }

  private void run(Arguments arguments) {
    Thread.ofPlatform().daemon().name("stdin").start(this::endWithStandardInput);
    // Polite ends come by standard input; this is for who sends SIGTERM instead.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> ProcessExit.now(143), "stop"));
    ContainerServer server =
        new ContainerServer(arguments.port(), state::get, counters, Limits.ofSageMaker());
    try {
      say(Map.of("port", server.start()));
    } catch (RuntimeException e) {
      fail("cannot listen on port " + arguments.port() + ": " + e.getMessage(), PORT_FAILED);
    }
    load(arguments);
  }

  private void load(Arguments arguments) {
    long start = System.nanoTime();
    try {
      EmbeddedEngine.Fit fit =
          EmbeddedEngine.here().check(arguments.model(), arguments.parallel(), arguments.context());
      int threads =
          arguments.threads() > 0
              ? arguments.threads()
              : Runtime.getRuntime().availableProcessors();
      LlamaEngine engine =
          new LlamaEngine(
              new LlamaEngine.Settings(
                  arguments.model(),
                  arguments.parallel(),
                  fit.context(),
                  threads,
                  arguments.queue()),
              counters);
      state.set(new ModelState.Ready(engine));
      say(
          Json.map(
              "status",
              "ready",
              "context",
              fit.context(),
              "parallel",
              arguments.parallel(),
              "milliseconds",
              (System.nanoTime() - start) / 1_000_000));
    } catch (Failure e) {
      fail(e.getMessage() + ". " + e.next(), MODEL_FAILED);
    } catch (IOException e) {
      fail("the model file can't be read", MODEL_FAILED);
    } catch (LinkageError e) {
      fail(NativeLibrary.why(e), MODEL_FAILED);
    }
  }

  private void fail(String reason, int code) {
    state.set(new ModelState.Failed(reason));
    LOG.error("{}", reason);
    say(Json.map("status", "failed", "reason", reason));
    ProcessExit.now(code);
  }

  private void say(Map<String, ?> line) {
    report.println(json.line(line));
  }

  private void endWithStandardInput() {
    try {
      while (System.in.read() >= 0) {
        // nothing is expected there but its end
      }
    } catch (IOException e) {
      // as good as its end
    }
    try {
      ProcessExit.now(0);
    } finally {
      // A jar that was rebuilt meanwhile may not yield that class any more; the end must come
      // anyway.
      Runtime.getRuntime().halt(0);
    }
  }
}
