package dev.slipway.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.endpoint.Deadline;
import dev.slipway.local.loopback.CallerWatch;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands on loopback before a server that runs already, and gives it what a SageMaker container
 * has: {@code /ping}, and {@code /invocations} with bodies as vLLM and LMI take them. Thread-safe.
 */
final class ProxyHop implements AutoCloseable {
  private static final int BODY_BYTES = 6_291_456; // SageMaker's service model
  private static final Duration WHOLE = Duration.ofSeconds(60); // SageMaker's, as the next
  private static final Duration STREAMED = Duration.ofMinutes(8);
  private static final String CHAT = "/v1/chat/completions";
  private static final String COMPLETIONS = "/v1/completions";
  private static final String JSON = "application/json";

  private final UpstreamProbe probe;
  private final HttpClient client;
  private final Consumer<String> log;
  private final JsonMapper json = new JsonMapper();
  private final CallerWatch callers = new CallerWatch();
  private final WebServer server;
  private volatile @Nullable Upstream upstream;

  ProxyHop(UpstreamProbe probe, HttpClient client, Consumer<String> log) {
    this.probe = probe;
    this.client = client;
    this.log = log;
    var builder =
        WebServer.builder()
            .address(InetAddress.getLoopbackAddress())
            .port(0)
            .shutdownHook(false)
            .routing(routes -> routes.get("/ping", this::ping).post("/invocations", this::invoke));
    callers.addTo(builder);
    this.server = builder.build();
  }

  /** Starts to listen, and returns the port. */
  int start() {
    server.start();
    return server.port();
  }

  /** Returns why the server behind is not healthy, empty if it is. */
  Optional<String> unhealthy() {
    try {
      Upstream known = upstream;
      if (known != null) {
        return probe.unhealthy(known.healthPath());
      }
      Optional<Upstream> found = probe.look();
      if (found.isEmpty()) {
        return probe
            .unhealthy("/v1/models")
            .or(() -> Optional.of(probe.server() + " answers at none of the known health paths"));
      }
      upstream = found.get();
      log.accept("slipway: " + probe.server() + " is " + found.get());
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private void ping(ServerRequest request, ServerResponse response) {
    Optional<String> unhealthy = unhealthy();
    response.status(unhealthy.isEmpty() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503).send();
  }

  private void invoke(ServerRequest request, ServerResponse response) throws InterruptedException {
    Upstream known = upstream;
    if (known == null) {
      problem(response, 503, "ServiceUnavailableError", "The server is not known to answer yet.");
      return;
    }
    byte[] body;
    try (InputStream in = request.content().inputStream()) {
      body = in.readNBytes(BODY_BYTES + 1);
    } catch (IOException e) {
      problem(response, 400, "BadRequestError", "The body could not be read.");
      return;
    }
    if (body.length > BODY_BYTES) {
      problem(
          response, 413, "BadRequestError", "The body is larger than " + BODY_BYTES + " bytes.");
      return;
    }
    JsonNode document = read(body);
    Deadline deadline = Deadline.in(document.path("stream").asBoolean(false) ? STREAMED : WHOLE);
    String accept = request.headers().first(HeaderNames.ACCEPT).orElse("*/*");
    try (UpstreamCall call = new UpstreamCall(client, callers.caller(response), deadline)) {
      route(known, body, document, accept, call, response);
    } catch (UpstreamCall.Abandoned e) {
      problem(response, 504, "TimeoutError", "The request was given up: " + e.getMessage() + ".");
    } catch (IOException e) {
      problem(
          response,
          502,
          "BadGatewayError",
          "The server at " + probe.server() + " failed to answer.");
    }
  }

  private void route(
      Upstream known,
      byte[] body,
      JsonNode document,
      String accept,
      UpstreamCall call,
      ServerResponse response)
      throws IOException, InterruptedException {
    if (known.invocations()) {
      // A body that can't be read goes on as it is: the server says best what is wrong with it.
      byte[] named = document.isObject() ? named(known, (ObjectNode) document, body) : body;
      pass(call.post(probe.at("/invocations"), JSON, accept, named), response);
    } else if (document.has("messages")) {
      byte[] named = named(known, (ObjectNode) document, body);
      pass(call.post(probe.at(CHAT), JSON, accept, named), response);
    } else if (document.has("prompt")) {
      byte[] named = named(known, (ObjectNode) document, body);
      pass(call.post(probe.at(COMPLETIONS), JSON, accept, named), response);
    } else if (document.has("inputs")) {
      translate(known, new InputsTranslation(document), call, response);
    } else {
      problem(
          response,
          400,
          "BadRequestError",
          "The body has none of \"messages\", \"prompt\" and \"inputs\". Give one of them.");
    }
  }

  private JsonNode read(byte[] body) {
    try {
      JsonNode document = json.readTree(body);
      return document == null ? json.missingNode() : document;
    } catch (IOException e) {
      return json.missingNode();
    }
  }

  /** Returns the body with a model that the server knows, where it lists any. */
  private byte[] named(Upstream known, ObjectNode document, byte[] body) throws IOException {
    boolean openAi = document.has("messages") || document.has("prompt");
    if (!openAi
        || known.models().isEmpty()
        || known.models().contains(document.path("model").asText())) {
      return body;
    }
    document.put("model", known.models().getFirst());
    return json.writeValueAsBytes(document);
  }

  private void translate(
      Upstream known, InputsTranslation inputs, UpstreamCall call, ServerResponse response)
      throws IOException, InterruptedException {
    List<String> texts = inputs.texts();
    if (texts.isEmpty() || (inputs.stream() && texts.size() > 1)) {
      problem(
          response,
          400,
          "BadRequestError",
          "inputs: must be a text, or a list of at least one text where \"stream\" is false.");
      return;
    }
    List<ObjectNode> answers = new ArrayList<>();
    for (String text : texts) {
      HttpResponse<InputStream> upstreamAnswer = complete(known, inputs, text, call);
      if (upstreamAnswer.statusCode() != 200) {
        pass(upstreamAnswer, response);
        return;
      }
      if (inputs.stream()) {
        lines(upstreamAnswer, new TokenLines(inputs, text, json), response);
        return;
      }
      try (InputStream in = upstreamAnswer.body()) {
        answers.add(inputs.answer(text, json.readTree(in)));
      }
    }
    send(response, 200, inputs.answers(answers));
  }

  private HttpResponse<InputStream> complete(
      Upstream known, InputsTranslation inputs, String text, UpstreamCall call)
      throws IOException, InterruptedException {
    byte[] completion = named(known, inputs.completion(text), new byte[0]);
    if (completion.length == 0) {
      completion = json.writeValueAsBytes(inputs.completion(text));
    }
    HttpResponse<InputStream> answer = call.post(probe.at(COMPLETIONS), JSON, "*/*", completion);
    if (answer.statusCode() != 404 && answer.statusCode() != 405) {
      return answer;
    }
    answer.body().close();
    ObjectNode chat = inputs.chat(text);
    byte[] named = named(known, chat, json.writeValueAsBytes(chat));
    return call.post(probe.at(CHAT), JSON, "*/*", named);
  }

  private static void lines(
      HttpResponse<InputStream> answer, TokenLines lines, ServerResponse response)
      throws IOException {
    response.header(HeaderNames.CONTENT_TYPE, "application/jsonlines");
    try (BufferedReader events =
            new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        OutputStream out = response.outputStream()) {
      String event = events.readLine();
      while (event != null) {
        Optional<String> line = lines.line(event);
        if (line.isPresent()) {
          write(out, line.get() + "\n");
        }
        event = events.readLine();
      }
      write(out, lines.end() + "\n");
    }
  }

  private static void pass(HttpResponse<InputStream> answer, ServerResponse response)
      throws IOException {
    response.status(Status.create(answer.statusCode()));
    response.header(
        HeaderNames.CONTENT_TYPE, answer.headers().firstValue("Content-Type").orElse(JSON));
    answer
        .headers()
        .firstValue("Retry-After")
        .ifPresent(after -> response.header(HeaderNames.RETRY_AFTER, after));
    try (InputStream in = answer.body();
        OutputStream out = response.outputStream()) {
      byte[] buffer = new byte[8_192];
      int read = in.read(buffer);
      while (read >= 0) {
        out.write(buffer, 0, read);
        out.flush();
        read = in.read(buffer);
      }
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void problem(ServerResponse response, int status, String type, String message) {
    if (response.isSent()) {
      return; // it broke in the middle: Helidon closes the connection
    }
    ObjectNode document = json.createObjectNode();
    document
        .putObject("error")
        .put("message", message)
        .put("type", type)
        .putNull("param")
        .put("code", status);
    send(response, status, document);
  }

  private void send(ServerResponse response, int status, JsonNode document) {
    response.status(Status.create(status));
    response.header(HeaderNames.CONTENT_TYPE, JSON);
    response.send(document.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop();
  }
}
