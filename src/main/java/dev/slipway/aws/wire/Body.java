package dev.slipway.aws.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of one answer, wherever it says that they end. Used by one thread. */
final class Body extends InputStream {
  private static final int MAX_TRAILERS = 100;

  /** How the end is told. */
  private enum Framing {
    LENGTH,
    CHUNKS,
    CLOSE
  }

  private final Connection connection;
  private final Framing framing;

  /** What is left of the length, or of this chunk. */
  private long left;

  private boolean firstChunk = true;
  private boolean ended;

  private Body(Connection connection, Framing framing, long left) {
    this.connection = connection;
    this.framing = framing;
    this.left = left;
    this.ended = framing == Framing.LENGTH && left == 0;
  }

  static Body ofLength(Connection connection, long length) {
    return new Body(connection, Framing.LENGTH, length);
  }

  static Body chunked(Connection connection) {
    return new Body(connection, Framing.CHUNKS, 0);
  }

  static Body untilClosed(Connection connection) {
    return new Body(connection, Framing.CLOSE, Long.MAX_VALUE);
  }

  /** Returns whether all was read, and the connection is still of use. */
  boolean leavesConnection() {
    return ended && framing != Framing.CLOSE;
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
    if (framing == Framing.CHUNKS && left == 0 && !ended) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int count = connection.read(bytes, offset, (int) Math.min(length, left));
    if (count < 0) {
      if (framing == Framing.CLOSE) {
        ended = true;
        return -1;
      }
      throw new EOFException("the connection was closed within an answer");
    }
    left -= count;
    ended = framing == Framing.LENGTH && left == 0;
    return count;
  }

  /** Reads everything, if it is no more than so many bytes. */
  byte[] all(int most) throws IOException {
    boolean told = framing == Framing.LENGTH;
    if (told && left > most) {
      throw new IOException("the answer has more than " + most + " bytes");
    }
    byte[] bytes = told ? new byte[(int) left] : readNBytes(most);
    if (told ? readNBytes(bytes, 0, bytes.length) < bytes.length : read() >= 0) {
      throw new IOException("the answer has more than " + most + " bytes");
    }
    return bytes;
  }

  private void nextChunk() throws IOException {
    if (!firstChunk && !connection.line().isEmpty()) {
      throw new IOException("a chunk is longer than it says");
    }
    firstChunk = false;
    String size = connection.line();
    int extension = size.indexOf(';');
    left =
        Head.number(
            (extension < 0 ? size : size.substring(0, extension)).strip(), 16, Long.MAX_VALUE);
    if (left > 0) {
      return;
    }
    for (int i = 0; i < MAX_TRAILERS; i++) {
      if (connection.line().isEmpty()) {
        ended = true;
        return;
      }
    }
    throw new IOException("the answer has too many trailers");
  }
}
