package dev.slipway.cli;

import dev.slipway.failure.Interrupted;
import dev.slipway.local.container.ProcessExit;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jline.utils.Signals;

/**
 * Turns signals into an interrupt of the thread that changes the cloud, so that it can ask what to
 * do with what is on its way. A second signal ends the process at once and leaves the cloud to it.
 * Thread-safe.
 */
final class Interruption {
  private static final int TERMINATED = 143;
  private static final Map<String, Integer> CODES =
      Map.of("INT", ExitCode.INTERRUPTED, "TERM", TERMINATED);

  private final Console console;
  private final Thread worker = Thread.currentThread();
  private final AtomicInteger signals = new AtomicInteger();
  private volatile String first = "";
  private volatile boolean cloudWorks;

  private Interruption(Console console) {
    this.console = console;
  }

  /** Begins to hear signals, for the thread that calls. */
  static Interruption heardBy(Console console) {
    var interruption = new Interruption(console);
    CODES.forEach((signal, code) -> Signals.register(signal, () -> interruption.on(signal, code)));
    return interruption;
  }

  /** Remembers that the cloud is at work, which a second signal leaves running. */
  void cloudWorks() {
    cloudWorks = true;
  }

  private void on(String signal, int code) {
    if (signals.incrementAndGet() == 1) {
      first = signal;
      worker.interrupt();
      return;
    }
    if (cloudWorks) {
      console.plain("");
      console.plain("AWS goes on without a watcher. Look again: slipway status --watch");
    }
    ProcessExit.now(cloudWorks ? ExitCode.STILL_WORKING : code);
  }

  /** Runs a command; what SIGTERM stopped ends with the signal's code. */
  int code(Console shown, boolean json, Supplier<Integer> command) {
    try {
      return command.get();
    } catch (Interrupted stopped) {
      if (!first.equals("TERM")) {
        throw stopped;
      }
      FailureReport.print(shown, stopped, json);
      return TERMINATED;
    }
  }
}
