package dev.slipway.aws;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/**
 * Speaks SageMaker Runtime's protocol (REST-JSON and event-stream frames) over real HTTP, and
 * answers as a test says.
 */
public final class RuntimeStandIn implements AutoCloseable {

  /** Answers one call. */
  public interface Script {
    void answer(Call call) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger calls = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> paths = new ConcurrentLinkedQueue<>();
  private volatile Optional<Headers> headers = Optional.empty();

  /** Starts one. */
  public RuntimeStandIn(Script script) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            calls.incrementAndGet();
            paths.add(exchange.getRequestURI().getPath());
            headers = Optional.of(exchange.getRequestHeaders());
            byte[] body = exchange.getRequestBody().readAllBytes();
            script.answer(new Call(exchange, body));
          }
        });
    server.start();
  }

  /** Returns its address. */
  public URI uri() {
    return URI.create(
        "http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort());
  }

  /** Returns a client of this stand-in. */
  public SageMakerRuntimeClient client() {
    return SageMakerRuntimeClient.at(uri(), "eu-west-1", "local", "local");
  }

  int calls() {
    return calls.get();
  }

  List<String> paths() {
    return List.copyOf(paths);
  }

  /** Returns a header of the last call, empty if it had none. */
  String header(String name) {
    return headers.map(all -> all.getFirst(name)).orElse("");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /**
   * One call.
   *
   * @param body what was sent
   */
  public record Call(HttpExchange exchange, byte[] body) {

    public boolean streamed() {
      return exchange.getRequestURI().getPath().endsWith("/invocations-response-stream");
    }

    public void whole(byte[] answer) throws IOException {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
      exchange.getResponseBody().write(answer);
    }

    /** Answers with an error of SageMaker Runtime. */
    public void error(int status, String type, String json) throws IOException {
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("x-amzn-ErrorType", type);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }

    /** Begins a stream. */
    public OutputStream stream() throws IOException {
      exchange.getResponseHeaders().set("Content-Type", "application/vnd.amazon.eventstream");
      exchange.getResponseHeaders().set("x-amzn-sagemaker-content-type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      return exchange.getResponseBody();
    }
  }

  /** Sends one part. */
  public static void part(OutputStream stream, byte[] bytes) throws IOException {
    frame(
        stream,
        Map.of(
            ":message-type", "event",
            ":event-type", "PayloadPart",
            ":content-type", "application/octet-stream"),
        bytes);
  }

  /** Sends an exception of the stream. */
  static void exception(OutputStream stream, String type, String json) throws IOException {
    frame(
        stream,
        Map.of(
            ":message-type", "exception",
            ":exception-type", type,
            ":content-type", "application/json"),
        json.getBytes(StandardCharsets.UTF_8));
  }

  private static void frame(OutputStream stream, Map<String, String> headers, byte[] payload)
      throws IOException {
    Map<String, HeaderValue> values = new LinkedHashMap<>();
    headers.forEach((name, value) -> values.put(name, HeaderValue.fromString(value)));
    ByteBuffer bytes = new Message(values, payload).toByteBuffer();
    stream.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    stream.flush();
  }
}
