package dev.slipway.bench;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * Carries HTTP/1.1 requests, one after the other, and knows of each byte when it came: a general
 * client's own threads would be part of every time. Used by one thread at a time.
 */
final class Connection implements AutoCloseable {
  private static final int MAX_LINE = 64 << 10;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[16 << 10];
  private int from;
  private int to;
  private long arrived;
  private long until;
  private boolean reusable;

  private Connection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  static Connection open(Address address, Duration patience) throws IOException {
    Socket socket = address.connect(patience);
    try {
      return new Connection(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Returns whether another request may follow. */
  boolean reusable() {
    return reusable;
  }

  /** Hears of an answer while it comes. */
  interface Listener {
    /** Hears the status, once, and the type of the body in lower case. */
    void head(int status, String contentType);

    /**
     * Hears bytes of the body, which are only lent.
     *
     * @param arrived when they came, by {@link System#nanoTime}
     */
    void body(byte[] bytes, int from, int length, long arrived);
  }

  /**
   * Sends a request and reads its answer to the end.
   *
   * @param until when to give up, by {@link System#nanoTime}
   * @throws IOException if the answer has no end, or does not come in time
   */
  void exchange(byte[] request, long until, Listener listener) throws IOException {
    this.until = until;
    reusable = false;
    out.write(request);
    out.flush();
    String status = line();
    while (status.startsWith("HTTP/1.1 1")) {
      while (!line().isEmpty()) {
        // An interim answer has nothing to tell.
      }
      status = line();
    }
    if (!status.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
      throw new IOException("the answer is not HTTP/1.1");
    }
    boolean keep = status.startsWith("HTTP/1.1");
    long length = -1;
    boolean chunked = false;
    String type = "";
    for (String header = line(); !header.isEmpty(); header = line()) {
      int colon = header.indexOf(':');
      if (colon < 0) {
        continue;
      }
      String value = header.substring(colon + 1).strip().toLowerCase(Locale.ROOT);
      switch (header.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "content-length" -> length = Long.parseLong(value);
        case "transfer-encoding" -> chunked = value.endsWith("chunked");
        case "connection" ->
            keep = value.contains("keep-alive") || (keep && !value.contains("close"));
        case "content-type" -> type = value;
        default -> {} // nothing else matters here
      }
    }
    int code = Integer.parseInt(status.substring(9, 12));
    listener.head(code, type);
    if (chunked) {
      chunks(listener);
    } else if (length >= 0) {
      take(length, listener);
    } else if (code != 204 && code != 304) {
      keep = false;
      while (more()) {
        listener.body(buffer, from, to - from, arrived);
        from = to;
      }
    }
    reusable = keep;
  }

  private void chunks(Listener listener) throws IOException {
    while (true) {
      String size = line();
      int semicolon = size.indexOf(';');
      long length =
          Long.parseLong((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
      if (length == 0) {
        while (!line().isEmpty()) {
          // Trailers have nothing to tell.
        }
        return;
      }
      take(length, listener);
      if (!line().isEmpty()) {
        throw new IOException("a chunk is longer than it says");
      }
    }
  }

  private void take(long length, Listener listener) throws IOException {
    long left = length;
    while (left > 0) {
      fill();
      int part = Math.toIntExact(Math.min(left, to - from));
      listener.body(buffer, from, part, arrived);
      from += part;
      left -= part;
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(64);
    while (line.size() < MAX_LINE) {
      fill();
      byte next = buffer[from++];
      if (next == '\n') {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      line.write(next);
    }
    throw new IOException("a line of the answer has no end");
  }

  private void fill() throws IOException {
    if (!more()) {
      throw new EOFException("the answer broke off");
    }
  }

  private boolean more() throws IOException {
    if (from < to) {
      return true;
    }
    long millis = (until - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException("no end came in time");
    }
    socket.setSoTimeout(Math.toIntExact(Math.min(millis, Integer.MAX_VALUE)));
    int read = in.read(buffer);
    arrived = System.nanoTime();
    from = 0;
    to = Math.max(0, read);
    return read > 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
