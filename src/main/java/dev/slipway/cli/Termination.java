package dev.slipway.cli;

import dev.slipway.local.container.ProcessExit;
import java.util.List;
import sun.misc.Signal;

/**
 * Ends this process in order when it is told to: Ctrl-C and SIGTERM run one piece of work, and then
 * the process is over at once.
 *
 * <p>The JVM's own way runs every shutdown hook side by side, ONNX Runtime's among them, which
 * frees what a start that is still under way computes with: seen as a SIGSEGV.
 */
final class Termination {
  private static final int FIRST_SIGNAL_CODE = 128;

  private Termination() {}

  /**
   * Runs the work on the first signal, then ends with 128 and the signal's number (130, 143).
   * Another signal meanwhile runs it beside, and does not wait for the first.
   */
  static void runs(Runnable work) {
    for (String name : List.of("INT", "TERM")) {
      Signal.handle(
          new Signal(name),
          signal -> {
            work.run();
            ProcessExit.now(FIRST_SIGNAL_CODE + signal.getNumber());
          });
    }
  }
}
