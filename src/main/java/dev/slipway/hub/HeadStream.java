package dev.slipway.hub;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a file at the Hub from its first byte on, in ranges that grow: most heads fit into the
 * first ones, and little is fetched that nobody reads. Not thread-safe.
 */
final class HeadStream extends InputStream {

  private static final int FIRST_BYTES = 1 << 16;
  private static final int MOST_BYTES = 1 << 22;
  private static final int TRIES = 4;

  private final HubReader reader;
  private final HubClient client;
  private final HubFile file;
  private byte[] bytes = {};
  private int at;
  private long fetched;
  private int next = FIRST_BYTES;

  HeadStream(HubReader reader, HubClient client, HubFile file) {
    this.reader = reader;
    this.client = client;
    this.file = file;
  }

  /**
   * Reads a range whole, and tries again where the connection breaks.
   *
   * @throws IOException if it keeps breaking
   */
  static byte[] read(HubReader reader, HubClient client, HubFile file, long offset, int length)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      try (InputStream in = reader.open(file, offset, length, true)) {
        return in.readNBytes(length);
      } catch (HubUnreachable e) {
        throw e; // it was tried often enough
      } catch (IOException e) {
        if (attempt == TRIES) {
          throw e;
        }
        client.pause(attempt);
      }
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == bytes.length) {
      int count = (int) Math.min(next, file.size() - fetched);
      if (count == 0) {
        return -1;
      }
      bytes = read(reader, client, file, fetched, count);
      at = 0;
      fetched += count;
      next = Math.min(MOST_BYTES, next * 4);
    }
    int count = Math.min(length, bytes.length - at);
    System.arraycopy(bytes, at, into, offset, count);
    at += count;
    return count;
  }
}
