package dev.slipway.model.mirror;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.model.RelativePath;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads a range to its end over connections that break, going on where the last one broke. */
final class RangeReader {

  /** Opens what is left of a range. */
  @FunctionalInterface
  interface Source {
    /** Opens so many bytes from an offset on. */
    InputStream open(long offset, long length) throws IOException;
  }

  /** Takes bytes as they come; the array is used again afterwards. */
  @FunctionalInterface
  interface Sink {
    /** Takes some bytes. */
    void take(byte[] bytes, int offset, int length);
  }

  private static final int CHUNK_BYTES = 1 << 16;

  private final Retries retries;

  RangeReader(Retries retries) {
    this.retries = retries;
  }

  /**
   * Fills a buffer from its position to its limit.
   *
   * @param path for people
   */
  void fill(String path, Source source, long offset, ByteBuffer buffer) {
    stream(
        path,
        (from, length) -> source.open(offset + from, length),
        buffer.remaining(),
        buffer::put);
  }

  /** Reads a range through a small buffer. */
  void stream(String path, Source source, long length, Sink sink) {
    byte[] chunk = new byte[CHUNK_BYTES];
    long have = 0;
    for (int failures = 0; have < length; ) {
      long before = have;
      try (InputStream in = source.open(have, length - have)) {
        while (have < length) {
          int count = in.read(chunk, 0, (int) Math.min(chunk.length, length - have));
          if (count < 0) {
            throw new EOFException("the body ended " + (length - have) + " bytes early");
          }
          sink.take(chunk, 0, count);
          have += count;
        }
        return;
      } catch (IOException | CloudFailure broken) {
        if (broken instanceof CloudFailure failure && !Retries.passing(failure)) {
          throw failure;
        }
        failures = have > before ? 1 : failures + 1;
        goOn(path, failures, broken);
      }
    }
  }

  private void goOn(String path, int failures, Exception broken) {
    if (Thread.currentThread().isInterrupted()) {
      throw Retries.stopped();
    }
    if (failures >= retries.most()) {
      throw new OperationFailed(
          "model_unreadable",
          "Cannot read the model's file " + RelativePath.quoted(path),
          failures + " tries in a row failed, the last one with: " + broken.getMessage(),
          "Check the connection, then run again: what has arrived is not sent again.",
          true,
          broken);
    }
    retries.pause(failures);
  }
}
