package dev.slipway.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers the SDK over real HTTP as a test says, for what a simulation of AWS never does: refuse,
 * fail, throttle, lose an answer.
 */
final class ScriptedAws implements AutoCloseable {

  /**
   * One call.
   *
   * @param operation {@code DescribeStacks}
   * @param body JSON, or the form of the query protocol
   * @param number counts the calls of that operation from 1
   */
  record Call(String operation, String body, int number) {
    /** Returns a value of the query protocol's form, or an empty text. */
    String value(String name) {
      for (String pair : body.split("&", -1)) {
        if (pair.startsWith(name + "=")) {
          return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
        }
      }
      return "";
    }
  }

  /** One answer; with status 0 the connection is closed without one. */
  record Answer(int status, String body) {
    /** Answers in the query protocol. */
    static Answer xml(String operation, String result) {
      return new Answer(
          200,
          "<%1$sResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><%1$sResult>%2$s</%1$sResult></%1$sResponse>"
              .formatted(operation, result));
    }

    /** Fails in the query protocol. */
    static Answer xmlError(int status, String code, String message) {
      return new Answer(
          status,
          "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>1</RequestId></ErrorResponse>"
              .formatted(code, message));
    }

    /** Answers in the JSON protocol. */
    static Answer json(String body) {
      return new Answer(200, body);
    }

    /** Fails in the JSON protocol. */
    static Answer jsonError(int status, String code, String message) {
      return new Answer(status, "{\"__type\":\"%s\",\"message\":\"%s\"}".formatted(code, message));
    }
  }

  /** Answers one call. */
  interface Script {
    Answer answer(Call call);
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();

  ScriptedAws(Script script) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.setExecutor(threads);
    server.createContext("/", exchange -> serve(exchange, script));
    server.start();
  }

  private void serve(HttpExchange exchange, Script script) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      String operation =
          target == null
              ? new Call("", body, 0).value("Action")
              : target.substring(target.indexOf('.') + 1);
      long before = calls.stream().filter(each -> each.operation().equals(operation)).count();
      Call call = new Call(operation, body, (int) before + 1);
      calls.add(call);
      Answer answer = script.answer(call);
      if (answer.status() != 0) {
        exchange
            .getResponseHeaders()
            .set("Content-Type", target == null ? "text/xml" : "application/x-amz-json-1.1");
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  /** Returns the calls so far, in order. */
  List<Call> calls() {
    return List.copyOf(calls);
  }

  /** Returns an environment in which everything is answered here. */
  Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(
        "AWS_ENDPOINT_URL",
        "http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort());
    environment.put("AWS_REGION", "eu-west-1");
    environment.put("AWS_ACCESS_KEY_ID", "AKIDSCRIPTED");
    environment.put("AWS_SECRET_ACCESS_KEY", "do-not-tell");
    environment.put("AWS_SESSION_TOKEN", "do-not-tell-either");
    environment.put("HOME", "/nonexistent");
    return environment;
  }

  /** Returns a cloud that is answered here, with the real patience. */
  AwsCloud cloud() {
    return AwsCloud.open(Optional.empty(), environment());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
