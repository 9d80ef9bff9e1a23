package dev.slipway.hub;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Gives so many bytes: fewer are a broken connection, more are not wanted. Not thread-safe. */
final class ExactStream extends FilterInputStream {
  private long left;

  ExactStream(InputStream in, long length) {
    super(in);
    this.left = length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    int count = super.read(bytes, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the connection ended " + left + " bytes too early");
    }
    left -= count;
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = super.skip(Math.min(count, left));
    left -= skipped;
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
