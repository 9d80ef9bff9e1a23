package dev.slipway.local.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Speaks HTTP byte by byte, where clients would correct what a test wants to be wrong. */
final class RawHttp implements AutoCloseable {
  static final String SIGNED =
      "Authorization: AWS4-HMAC-SHA256 Credential=any/20261122/eu-west-1/sagemaker/aws4_request,"
          + " SignedHeaders=host, Signature=0\r\n";

  private static final int PATIENCE_MILLIS = 20_000;

  final Socket socket;

  RawHttp(URI server) throws IOException {
    socket = new Socket(server.getHost(), server.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /** Sends a request on a connection of its own and returns all that comes back. */
  static String exchange(URI server, String request) throws IOException {
    try (RawHttp http = new RawHttp(server)) {
      http.send(request);
      return http.rest();
    }
  }

  /** Builds a signed POST after which the server closes the connection. */
  static String post(String path, String headers, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        + SIGNED
        + headers
        + "Content-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Reads up to and with the empty line that ends a head. */
  String head() throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("ended within a head: " + text);
      }
      head.write(b);
      text = head.toString(StandardCharsets.ISO_8859_1);
    }
    return text;
  }

  byte[] read(int count) throws IOException {
    return socket.getInputStream().readNBytes(count);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
