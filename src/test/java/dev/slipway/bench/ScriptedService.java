package dev.slipway.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves what a test says, on a free port of loopback. */
public final class ScriptedService implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Starts one that answers every request so. */
  public ScriptedService(Answer answer) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          try (exchange) {
            answer.give(exchange, body);
          }
        });
    server.start();
  }

  /** Answers one request. */
  @FunctionalInterface
  public interface Answer {
    /** Answers it; the exchange is closed for it. */
    void give(HttpExchange exchange, String body) throws IOException;
  }

  /** Answers in one piece. */
  public static void whole(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Answers with a stream of these bytes, cut where they are cut. */
  static void stream(HttpExchange exchange, String... parts) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
    exchange.sendResponseHeaders(200, 0);
    for (String part : parts) {
      exchange.getResponseBody().write(part.getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
    }
  }

  /** Returns its address with a path. */
  public String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
