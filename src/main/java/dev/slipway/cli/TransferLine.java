package dev.slipway.cli;

import dev.slipway.model.TransferProgress;
import java.time.Duration;
import java.util.Locale;

/**
 * Tells how far a transfer is: one line that is written over on a terminal, else a dated line now
 * and then. Thread-safe.
 */
final class TransferLine implements TransferProgress, AutoCloseable {
  private static final Duration ON_TERMINAL = Duration.ofMillis(200);
  private static final Duration DATED = Duration.ofSeconds(10);

  /** A rate over less time than this says nothing. */
  private static final double MEASURABLE_SECONDS = 0.5;

  private final Console console;
  private long start;
  private long told;
  private boolean open;

  TransferLine(Console console) {
    this.console = console;
  }

  @Override
  public synchronized void at(Transfer transfer) {
    if (transfer.moved() == 0) {
      return;
    }
    long now = System.nanoTime();
    if (start == 0) {
      start = now;
      told = now;
    }
    Duration pause = console.terminal() ? ON_TERMINAL : DATED;
    if (now - told < pause.toNanos() && transfer.done() < transfer.total()) {
      return;
    }
    told = now;
    String line = text(transfer, (now - start) / 1e9);
    if (console.terminal()) {
      console.err().print("\r\u001b[K  " + line);
      console.err().flush();
      open = true;
    } else {
      console.say(line);
    }
  }

  /** Takes the line away again. */
  @Override
  public synchronized void close() {
    if (open) {
      console.err().print("\r\u001b[K");
      console.err().flush();
      open = false;
    }
  }

  static String text(Transfer transfer, double seconds) {
    String rate = "";
    if (seconds > MEASURABLE_SECONDS) {
      double each = transfer.moved() / seconds;
      long left = Math.round((transfer.total() - transfer.done()) / Math.max(1, each));
      rate = ", " + bytes(Math.round(each)) + "/s, " + time(left) + " left";
    }
    return String.format(
        Locale.ROOT,
        "%s of %s (%d %%)%s",
        bytes(transfer.done()),
        bytes(transfer.total()),
        transfer.done() * 100 / Math.max(1, transfer.total()),
        rate);
  }

  static String bytes(long count) {
    if (count < 1000) {
      return count + " B";
    }
    if (count < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f kB", count / 1e3);
    }
    return count < 1_000_000_000
        ? String.format(Locale.ROOT, "%.1f MB", count / 1e6)
        : String.format(Locale.ROOT, "%.2f GB", count / 1e9);
  }

  private static String time(long seconds) {
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? seconds / 60 + " min " + seconds % 60 + " s"
            : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
