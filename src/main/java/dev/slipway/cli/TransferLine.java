package dev.slipway.cli;

import dev.slipway.model.TransferProgress;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows how far a transfer is: bytes, rate, time left. On a terminal one line is written over; else
 * a line appears every ten seconds. Thread-safe.
 */
final class TransferLine implements TransferProgress {
  private static final Duration ON_A_TERMINAL = Duration.ofMillis(200);
  private static final Duration IN_A_LOG = Duration.ofSeconds(10);

  private final Console console;
  private final long everyNanos;
  private long began;
  private long shown;
  private boolean open;

  TransferLine(Console console) {
    this.console = console;
    this.everyNanos = (console.terminal() ? ON_A_TERMINAL : IN_A_LOG).toNanos();
  }

  @Override
  public synchronized void at(Transfer transfer) {
    long now = System.nanoTime();
    if (began == 0) {
      began = now;
      shown = now - everyNanos;
    }
    boolean done = transfer.done() >= transfer.total();
    if (now - shown < everyNanos && !(done && open)) {
      return;
    }
    shown = now;
    String line = "    " + text(transfer, Duration.ofNanos(now - began));
    if (console.terminal()) {
      console.err().print("\r\u001b[K" + line);
      console.err().flush();
      open = true;
    } else {
      console.say(line);
    }
  }

  /** Ends the line that is written over. */
  synchronized void end() {
    if (open) {
      console.plain("");
      open = false;
    }
  }

  /** Says how far it is, at the rate of what moved in the time. */
  static String text(Transfer transfer, Duration time) {
    double rate = transfer.moved() / Math.max(0.001, time.toNanos() / 1e9);
    long left = transfer.total() - transfer.done();
    String percent =
        transfer.total() == 0 ? "100" : Long.toString(transfer.done() * 100 / transfer.total());
    String text =
        String.format(
            Locale.ROOT,
            "%s of %s (%s %%), %s/s",
            bytes(transfer.done()),
            bytes(transfer.total()),
            percent,
            bytes((long) rate));
    return left > 0 && rate >= 1
        ? text + ", " + time(Duration.ofSeconds((long) (left / rate))) + " left"
        : text;
  }

  private static String bytes(long count) {
    if (count < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f kB", count / 1e3);
    }
    return count < 1_000_000_000
        ? String.format(Locale.ROOT, "%.1f MB", count / 1e6)
        : String.format(Locale.ROOT, "%.2f GB", count / 1e9);
  }

  private static String time(Duration left) {
    if (left.toMinutes() == 0) {
      return left.toSeconds() + " s";
    }
    return left.toHours() == 0
        ? left.toMinutes() + " min " + left.toSecondsPart() + " s"
        : left.toHours() + " h " + left.toMinutesPart() + " min";
  }
}
