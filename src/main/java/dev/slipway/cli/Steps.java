package dev.slipway.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/** Tells of long work step by step: what began, and what came of it after how long. */
final class Steps {
  private final Console console;

  Steps(Console console) {
    this.console = console;
  }

  /**
   * Does one step.
   *
   * @param name one word
   * @param detail says what came of it
   */
  <T> T step(String name, Supplier<T> work, Function<T, String> detail) {
    long start = System.nanoTime();
    if (console.terminal()) {
      console.err().print("  … " + name);
      console.err().flush();
    }
    try {
      T result = work.get();
      finish(console.green("✓"), name, detail.apply(result), start);
      return result;
    } catch (RuntimeException e) {
      finish(console.red("✗"), name, "failed", start);
      throw e;
    }
  }

  private void finish(String mark, String name, String detail, long start) {
    String time = seconds(Duration.ofNanos(System.nanoTime() - start));
    String line = String.format(Locale.ROOT, "%s %-9s %s (%s)", mark, name, detail, time);
    console.say(console.terminal() ? "\r\u001b[K  " + line : line);
  }

  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }
}
