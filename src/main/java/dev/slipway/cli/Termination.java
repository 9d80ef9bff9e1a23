package dev.slipway.cli;

import dev.slipway.local.container.ProcessExit;
import java.util.Map;
import org.jline.utils.Signals;

/**
 * Ends this process in order when it is told to: Ctrl-C and SIGTERM run one piece of work, and then
 * the process is over at once.
 *
 * <p>The JVM's own way runs every shutdown hook side by side, ONNX Runtime's among them, which
 * frees what a start that is still under way computes with: seen as a SIGSEGV.
 */
final class Termination {
  /** What a shell sees of a process that a signal ended: 128 and the signal's number. */
  private static final Map<String, Integer> CODES = Map.of("INT", 130, "TERM", 143);

  private Termination() {}

  /**
   * Runs the work on the first signal, then ends with the signal's code. Another signal meanwhile
   * runs it beside, and does not wait for the first.
   */
  static void runs(Runnable work) {
    CODES.forEach(
        (signal, code) ->
            Signals.register(
                signal,
                () -> {
                  work.run();
                  ProcessExit.now(code);
                }));
  }
}
