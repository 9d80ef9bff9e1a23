package dev.slipway.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/** Keeps two fetches, of this process or another, from writing the same file at a time. */
final class FetchLock implements AutoCloseable {

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final FileChannel channel;

  private FetchLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock, and waits for another holder as long as that gets on.
   *
   * @param progress grows while the other holder gets on
   * @throws IOException if it doesn't for five minutes, or the lock can't be made
   */
  static FetchLock take(Path file, Waiting waiting, LongSupplier progress)
      throws IOException, InterruptedException {
    Files.createDirectories(file.resolveSibling(".").normalize());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      long seen = progress.getAsLong();
      Instant moved = waiting.now();
      while (!tryLock(channel)) {
        long now = progress.getAsLong();
        if (now != seen) {
          seen = now;
          moved = waiting.now();
        } else if (Duration.between(moved, waiting.now()).compareTo(PATIENCE) > 0) {
          throw new IOException("another process holds " + file + " and doesn't get on");
        }
        waiting.pause(LOOK);
      }
      return new FetchLock(channel);
    } catch (IOException | InterruptedException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      // Released with the channel.
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another thread of this process has it
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
