package dev.slipway.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Shows whole lines of another process's log as they come, up to the failure that it ends with:
 * that one is told by whoever waits, in the form that was asked for. Used by one thread.
 */
final class ProgressRelay implements AutoCloseable {
  private final RandomAccessFile log;
  private final Console console;

  ProgressRelay(Path log, Console console) throws IOException {
    this.log = new RandomAccessFile(log.toFile(), "r");
    this.console = console;
  }

  /** Shows what came since. */
  void relay() throws IOException {
    while (true) {
      long before = log.getFilePointer();
      String line = log.readLine();
      if (line == null) {
        return;
      }
      boolean half = log.getFilePointer() == log.length() && !endsLine();
      if (half || line.startsWith(FailureReport.BEGINNING)) {
        log.seek(before);
        return;
      }
      console.plain(utf8(line));
    }
  }

  private boolean endsLine() throws IOException {
    log.seek(log.getFilePointer() - 1);
    return log.read() == '\n';
  }

  /** {@link RandomAccessFile#readLine} gives each byte as a character. */
  private static String utf8(String line) {
    return new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
