package dev.slipway.cli;

/** Says how many questions are answered: in place on a terminal, every tenth of them elsewhere. */
final class EvalProgress implements AutoCloseable {
  private final Console console;
  private final int all;

  EvalProgress(Console console, int all) {
    this.console = console;
    this.all = all;
  }

  void done(int number) {
    if (console.terminal()) {
      console.err().print("\r" + number + " of " + all + " questions answered ");
      console.err().flush();
    } else if (number == all || number % Math.max(1, (all + 9) / 10) == 0) {
      console.say(number + " of " + all + " questions answered.");
    }
  }

  @Override
  public void close() {
    if (console.terminal()) {
      console.plain("");
    }
  }
}
