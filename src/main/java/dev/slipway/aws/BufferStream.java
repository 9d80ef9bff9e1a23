package dev.slipway.aws;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads a buffer without copying it first, as the SDK's own bodies do. Not thread-safe. */
final class BufferStream extends InputStream {
  private final ByteBuffer buffer;

  /** Reads from position to limit; the buffer's own position stays. */
  BufferStream(ByteBuffer buffer) {
    this.buffer = buffer.slice();
  }

  @Override
  public int read() {
    return buffer.hasRemaining() ? buffer.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    int count = Math.min(length, buffer.remaining());
    buffer.get(bytes, offset, count);
    return count == 0 ? -1 : count;
  }

  @Override
  public long skip(long count) {
    int skipped = Math.clamp(count, 0, buffer.remaining());
    buffer.position(buffer.position() + skipped);
    return skipped;
  }

  @Override
  public int available() {
    return buffer.remaining();
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  public synchronized void mark(int limit) {
    buffer.mark();
  }

  @Override
  public synchronized void reset() {
    buffer.reset();
  }
}
