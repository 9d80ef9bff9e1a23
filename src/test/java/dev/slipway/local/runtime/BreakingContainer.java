package dev.slipway.local.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Plays a container that says some bytes and hangs up, whatever HTTP would have it say. */
final class BreakingContainer implements AutoCloseable {
  private final ServerSocket listener;
  private final byte[] said;

  BreakingContainer(String said) {
    this.said = said.getBytes(StandardCharsets.UTF_8);
    try {
      listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** One chunk of a stream, and then nothing. */
  static BreakingContainer afterOnePart(String part) {
    return new BreakingContainer(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            + Integer.toHexString(part.length())
            + "\r\n"
            + part
            + "\r\n");
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        try (Socket socket = listener.accept()) {
          readHead(socket.getInputStream());
          socket.getOutputStream().write(said);
          socket.getOutputStream().flush();
          socket.shutdownOutput();
          socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        }
      }
    } catch (IOException e) {
      // Closed by the test.
    }
  }

  private static void readHead(InputStream in) throws IOException {
    int ends = 0;
    while (ends < 2) {
      int b = in.read();
      if (b < 0) {
        return;
      }
      ends = b == '\n' ? ends + 1 : b == '\r' ? ends : 0;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
