package dev.slipway.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** As little HTTP/1.1 as a stand-in needs, so that it costs the measured programs little. */
final class Wire {

  /** One request; the body's first bytes may be among those that were read with the head. */
  record Request(
      String method,
      String path,
      Map<String, String> query,
      Map<String, String> headers,
      Buffered body,
      SocketChannel socket) {

    long length() {
      return Long.parseLong(headers.getOrDefault("content-length", "0"));
    }

    /** Reads a small body, taking apart the chunks that the SDK makes. */
    byte[] small() throws IOException {
      byte[] raw = body.readNBytes((int) length());
      if (!headers.getOrDefault("content-encoding", "").contains("aws-chunked")) {
        return raw;
      }
      var whole = new ByteArrayOutputStream();
      for (int at = 0; ; ) {
        int end = at;
        while (raw[end] != '\r') {
          end++;
        }
        String line = new String(raw, at, end - at, StandardCharsets.ISO_8859_1);
        int size = Integer.parseInt(line.split(";", 2)[0], 16);
        if (size == 0) {
          return whole.toByteArray();
        }
        whole.write(raw, end + 2, size);
        at = end + 2 + size + 2;
      }
    }
  }

  /** Reads heads, and tells what it took of a body along with one. */
  static final class Buffered extends BufferedInputStream {
    Buffered(InputStream in) {
      super(in, 1 << 13);
    }

    /** Returns how many bytes can be read without touching the socket. */
    synchronized int held() {
      return count - pos;
    }
  }

  /** Answers requests. */
  interface Handler {
    /** Answers one. */
    void answer(Request request) throws IOException;
  }

  private Wire() {}

  /** Serves on a free port of the loopback address, which is returned. */
  static int serve(Handler handler) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofPlatform().start(() -> accept(server, handler));
    return ((InetSocketAddress) server.getLocalAddress()).getPort();
  }

  private static void accept(ServerSocketChannel server, Handler handler) {
    try {
      while (true) {
        SocketChannel socket = server.accept();
        Thread.ofPlatform().daemon().start(() -> talk(socket, handler));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void talk(SocketChannel socket, Handler handler) {
    try (socket) {
      Buffered in = new Buffered(socket.socket().getInputStream());
      while (true) {
        handler.answer(read(in, socket));
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  private static Request read(Buffered in, SocketChannel socket) throws IOException {
    String[] first = line(in).split(" ", 3);
    Map<String, String> headers = new HashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
      socket.socket().getOutputStream().write(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    int question = first[1].indexOf('?');
    Map<String, String> query = new HashMap<>();
    if (question >= 0) {
      for (String pair : first[1].substring(question + 1).split("&")) {
        int equals = pair.indexOf('=');
        query.put(
            equals < 0 ? pair : pair.substring(0, equals),
            equals < 0
                ? ""
                : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    String path = question < 0 ? first[1] : first[1].substring(0, question);
    return new Request(
        first[0], URLDecoder.decode(path, StandardCharsets.UTF_8), query, headers, in, socket);
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  static void send(Request request, int status, String headers, byte[] body) throws IOException {
    OutputStream out = request.socket().socket().getOutputStream();
    var head = new StringBuilder("HTTP/1.1 ").append(status).append(" Answer\r\n").append(headers);
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    var whole = new ByteArrayOutputStream();
    whole.writeBytes(ascii(head.toString()));
    whole.writeBytes(body);
    out.write(whole.toByteArray());
  }

  static void head(Request request, int status, String headers, long length) throws IOException {
    String head =
        "HTTP/1.1 " + status + " Answer\r\n" + headers + "Content-Length: " + length + "\r\n\r\n";
    request.socket().socket().getOutputStream().write(ascii(head));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
