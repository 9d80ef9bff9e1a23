package dev.slipway.aws.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Reads the messages of an event stream ({@code application/vnd.amazon.eventstream}), however the
 * network has cut it. Used by one thread.
 *
 * <p>A message is its length, its headers' length, a checksum of both, the headers, the payload,
 * and a checksum of all that came before.
 */
public final class EventReader {
  private static final int PRELUDE = 12;
  private static final int CHECKSUM = 4;

  /** What the protocol allows at most. */
  private static final int MAX_HEADERS = 128 << 10;

  private static final int MAX_PAYLOAD = 24 << 20;

  private final InputStream in;
  private final CRC32 crc = new CRC32();
  private final byte[] prelude = new byte[PRELUDE];

  /** Those of the message before: nearly all of a stream have the same. */
  private byte[] lastHeaders = new byte[0];

  private Map<String, String> lastParsed = Map.of();

  /** Reads from a stream, which stays the caller's to close. */
  public EventReader(InputStream in) {
    this.in = in;
  }

  /**
   * Returns the next message, empty after the last one.
   *
   * @throws IOException if the stream ends within a message, or is no event stream
   */
  public Optional<Event> next() throws IOException {
    int read = in.readNBytes(prelude, 0, PRELUDE);
    if (read == 0) {
      return Optional.empty();
    }
    if (read < PRELUDE) {
      throw new EOFException("the stream ended within a message");
    }
    crc.reset();
    crc.update(prelude, 0, PRELUDE - CHECKSUM);
    if ((int) crc.getValue() != number(prelude, 8)) {
      throw new IOException("the checksum of a message's lengths is wrong");
    }
    int total = number(prelude, 0);
    int headers = number(prelude, 4);
    int payload = total - PRELUDE - CHECKSUM - headers;
    if (headers < 0 || headers > MAX_HEADERS || payload < 0 || payload > MAX_PAYLOAD) {
      throw new IOException("a message of " + total + " bytes with " + headers + " of headers");
    }
    byte[] rest = in.readNBytes(headers + payload + CHECKSUM);
    if (rest.length < headers + payload + CHECKSUM) {
      throw new EOFException("the stream ended within a message");
    }
    crc.update(prelude, PRELUDE - CHECKSUM, CHECKSUM);
    crc.update(rest, 0, headers + payload);
    if ((int) crc.getValue() != number(rest, headers + payload)) {
      throw new IOException("the checksum of a message is wrong");
    }
    return Optional.of(
        new Event(headers(rest, headers), Arrays.copyOfRange(rest, headers, headers + payload)));
  }

  private Map<String, String> headers(byte[] rest, int length) throws IOException {
    if (!Arrays.equals(lastHeaders, 0, lastHeaders.length, rest, 0, length)) {
      lastParsed = parse(rest, length);
      lastHeaders = Arrays.copyOf(rest, length);
    }
    return lastParsed;
  }

  private static Map<String, String> parse(byte[] bytes, int end) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    int at = 0;
    while (at < end) {
      int nameAt = at + 1;
      int typeAt = nameAt + (bytes[at] & 0xff);
      int valueAt = typeAt + 1;
      if (valueAt > end) {
        throw cut();
      }
      int type = bytes[typeAt];
      if (type == 6 || type == 7) {
        // Bytes or text: two bytes say how many.
        if (valueAt + 2 > end) {
          throw cut();
        }
        int size = ((bytes[valueAt] & 0xff) << 8) | (bytes[valueAt + 1] & 0xff);
        valueAt += 2;
        at = valueAt + size;
        if (at > end) {
          throw cut();
        }
        if (type == 7) {
          headers.put(text(bytes, nameAt, typeAt), text(bytes, valueAt, at));
        }
      } else {
        at = valueAt + size(type);
        if (at > end) {
          throw cut();
        }
      }
    }
    return Map.copyOf(headers);
  }

  /** Returns how many bytes a value has whose type says it: flags, numbers, a time, a UUID. */
  private static int size(int type) throws IOException {
    return switch (type) {
      case 0, 1 -> 0;
      case 2 -> 1;
      case 3 -> 2;
      case 4 -> 4;
      case 5, 8 -> 8;
      case 9 -> 16;
      default -> throw new IOException("a header of the unknown type " + type);
    };
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  private static IOException cut() {
    return new IOException("a message's headers end within one");
  }

  private static int number(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 24)
        | ((bytes[at + 1] & 0xff) << 16)
        | ((bytes[at + 2] & 0xff) << 8)
        | (bytes[at + 3] & 0xff);
  }
}
