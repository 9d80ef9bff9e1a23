package dev.slipway.aws.wire;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocketFactory;

/** Does on each connection what a test says, byte by byte. */
final class ScriptedServer implements AutoCloseable {
  static final Connections.Timeouts TIMEOUTS =
      new Connections.Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(20));

  /** One connection, as the server sees it. */
  record Wire(Socket socket, InputStream in, OutputStream out, int number) {

    /** Reads one request; empty once the client has closed. */
    Optional<String> request() throws IOException {
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return Optional.empty();
        }
        head.append((char) next);
      }
      String lower = head.toString().toLowerCase(Locale.ROOT);
      int at = lower.indexOf("content-length: ");
      int length = at < 0 ? 0 : Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
      return Optional.of(head + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
    }

    void say(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /** Waits until the client has closed. */
    void untilClosed() {
      try {
        while (in.read() >= 0) {
          // What comes is of no interest.
        }
      } catch (IOException reset) {
        // That is a close too.
      }
    }
  }

  /** What happens on a connection, which is closed at the end. */
  interface Script {
    void play(Wire wire) throws IOException;
  }

  private final ServerSocket listening;
  private final AtomicInteger connections = new AtomicInteger();
  final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();

  private ScriptedServer(ServerSocket listening, Script script) {
    this.listening = listening;
    Thread.ofVirtual().start(() -> accept(script));
  }

  static ScriptedServer start(Script script) throws IOException {
    return start(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()), script);
  }

  static ScriptedServer start(ServerSocket listening, Script script) {
    return new ScriptedServer(listening, script);
  }

  /** Answers each request alike, and keeps the connections. */
  static ScriptedServer answering(String answer) throws IOException {
    return start(
        wire -> {
          while (wire.request().isPresent()) {
            wire.say(answer);
          }
        });
  }

  private void accept(Script script) {
    try {
      while (true) {
        Socket socket = listening.accept();
        sockets.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, number, script));
      }
    } catch (IOException closed) {
      // That is how it ends.
    }
  }

  private static void serve(Socket socket, int number, Script script) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      script.play(new Wire(socket, in, socket.getOutputStream(), number));
    } catch (IOException gone) {
      // The client has closed.
    }
  }

  int connections() {
    return connections.get();
  }

  int port() {
    return listening.getLocalPort();
  }

  Target target() {
    return new Target(false, "127.0.0.1", port(), Optional.empty());
  }

  Connections client() {
    return client(target());
  }

  static Connections client(Target target) {
    return new Connections(target, TIMEOUTS, (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
