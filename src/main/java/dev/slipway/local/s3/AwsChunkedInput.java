package dev.slipway.local.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Takes the bytes out of an {@code aws-chunked} body: chunks with their length in hex before them,
 * and perhaps a signature, then trailers. Signatures are read over: loopback needs none. Not
 * thread-safe.
 */
final class AwsChunkedInput extends InputStream {
  /** A chunk's line is a length and a 64-digit signature; a trailer is a checksum. */
  private static final int LONGEST_LINE = 1024;

  private static final int MOST_TRAILERS = 16;

  private final InputStream source;
  private final Map<String, String> trailers = new HashMap<>();
  private long leftInChunk;
  private boolean first = true;
  private boolean ended;

  AwsChunkedInput(InputStream source) {
    this.source = source;
  }

  /** Returns the trailers by lower-case name; they are known when the end has been read. */
  Map<String, String> trailers() {
    return Map.copyOf(trailers);
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
    if (leftInChunk == 0 && !ended) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int count = source.read(bytes, offset, (int) Math.min(length, leftInChunk));
    if (count < 0) {
      throw broken("it ends within a chunk");
    }
    leftInChunk -= count;
    return count;
  }

  private void nextChunk() throws IOException {
    if (!first && !line().isEmpty()) {
      throw broken("a chunk is longer than it says");
    }
    first = false;
    String header = line();
    int extension = header.indexOf(';');
    String digits = (extension < 0 ? header : header.substring(0, extension)).trim();
    try {
      leftInChunk = Long.parseLong(digits, 16);
    } catch (NumberFormatException e) {
      throw broken("a chunk's length is not a hexadecimal number");
    }
    if (leftInChunk < 0) {
      throw broken("a chunk's length is negative");
    }
    if (leftInChunk == 0) {
      readTrailers();
      ended = true;
    }
  }

  private void readTrailers() throws IOException {
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1 || trailers.size() == MOST_TRAILERS) {
        throw broken("its trailers can't be read");
      }
      trailers.put(
          line.substring(0, colon).trim().toLowerCase(Locale.ROOT),
          line.substring(colon + 1).trim());
    }
  }

  /** Reads up to the end of a line; the end of the body ends the last one, as some clients do. */
  private String line() throws IOException {
    byte[] line = new byte[LONGEST_LINE];
    int length = 0;
    for (int b = source.read(); b >= 0 && b != '\n'; b = source.read()) {
      if (length == LONGEST_LINE) {
        throw broken("a line is too long");
      }
      line[length++] = (byte) b;
    }
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    return new String(line, 0, end, StandardCharsets.ISO_8859_1);
  }

  private static S3Failure broken(String why) {
    return new S3Failure(
        S3Failure.Code.INCOMPLETE_BODY, "The aws-chunked body can't be read: " + why + ".");
  }
}
