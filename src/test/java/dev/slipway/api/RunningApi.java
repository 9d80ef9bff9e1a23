package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.slipway.Eventually;
import dev.slipway.access.Credentials;
import dev.slipway.api.job.JobStore;
import dev.slipway.api.job.Jobs;
import dev.slipway.api.job.MemoryJobStore;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.DeploymentName;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * The real server over fakes. Every answer that is asked for through it is held to the OpenAPI
 * document: its status is documented for its route, and its JSON has the schema.
 */
final class RunningApi implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  static final ApiSpec.Limits WIDE =
      new ApiSpec.Limits(
          64,
          1_000_000,
          OptionalLong.empty(),
          1 << 20,
          Duration.ofSeconds(20),
          OptionalInt.empty(),
          OptionalInt.empty());

  final FakeAnswerer answerer = new FakeAnswerer();
  final FakeTraceLog traces = new FakeTraceLog();
  final AtomicReference<Readiness> readiness =
      new AtomicReference<>(new Readiness(List.of(Readiness.Check.ready("endpoint"))));
  final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final ApiServer server;
  private final JsonNode document;
  private final JsonSchemaFactory schemas =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

  RunningApi() {
    this(WIDE, Optional.empty());
  }

  RunningApi(ApiSpec.Limits limits, Optional<ApiKeys> keys) {
    this(limits, keys, ApiServer.Listen.loopback(0));
  }

  RunningApi(ApiSpec.Limits limits, Optional<ApiKeys> keys, ApiServer.Listen listen) {
    this(limits, Entrance.local(keys.stream().<Credentials>map(k -> k).toList()), listen);
  }

  RunningApi(ApiSpec.Limits limits, Entrance entrance, ApiServer.Listen listen) {
    this(limits, entrance, listen, jobs(new MemoryJobStore(), false));
  }

  /** Returns how jobs are kept in tests: a service that is silent for 3 s has crashed. */
  static RagJobs.Settings jobs(JobStore store, boolean always) {
    return new RagJobs.Settings(
        store,
        always,
        Duration.ofSeconds(20),
        new Jobs.Limits(2, 20, 5, Duration.ofHours(24), Duration.ofSeconds(3)));
  }

  RunningApi(
      ApiSpec.Limits limits, Entrance entrance, ApiServer.Listen listen, RagJobs.Settings jobs) {
    server =
        new ApiServer(
                new ApiServer.Collaborators(
                    new DeploymentName("llm-twin"),
                    "1.2.3",
                    answerer,
                    traces,
                    traces::judge,
                    () -> readiness.get(),
                    limits,
                    entrance,
                    jobs,
                    new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
                listen)
            .start();
    document = json(send("GET", "/openapi.json", null, Map.of()).body());
  }

  JsonNode document() {
    return document;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  HttpResponse<String> get(String path) {
    return checked("GET", path, send("GET", path, null, Map.of()));
  }

  HttpResponse<String> post(String path, String body) {
    return post(path, body, Map.of());
  }

  HttpResponse<String> post(String path, String body, Map<String, String> headers) {
    Map<String, String> all = new java.util.HashMap<>(headers);
    all.putIfAbsent("Content-Type", "application/json");
    return checked("POST", path, send("POST", path, body, all));
  }

  HttpResponse<String> send(
      String method,
      String path,
      @org.jspecify.annotations.Nullable String body,
      Map<String, String> headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
    headers.forEach(request::header);
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError("no answer to " + method + " " + path, e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Opens a streamed answer, to be read as it comes. */
  HttpResponse<InputStream> open(String path, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  /** Opens a plain connection. */
  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** Sends bytes and returns everything that comes back until the server closes. */
  String raw(String request) throws IOException {
    return raw(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  String raw(byte[] request) throws IOException {
    try (Socket socket = connect()) {
      try {
        socket.getOutputStream().write(request);
        socket.getOutputStream().flush();
        socket.shutdownOutput();
      } catch (IOException e) {
        // A server that refuses early may be done before all is sent: what it said counts.
      }
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Holds an answer to the document. */
  HttpResponse<String> checked(String method, String path, HttpResponse<String> response) {
    String bare = path.replaceAll("\\?.*", "");
    JsonNode operation = operation(method, bare);
    if (operation.isMissingNode()) {
      return response;
    }
    JsonNode documented = operation.path("responses").path("" + response.statusCode());
    assertThat(documented.isMissingNode())
        .as("%s %s -> %d is documented", method, bare, response.statusCode())
        .isFalse();
    String type = response.headers().firstValue("content-type").orElse("").replaceAll(";.*", "");
    if (type.equals("text/event-stream")) {
      JsonNode events = documented.path("content").path(type).path("x-events");
      for (Event event : Event.parse(response.body())) {
        if (!event.data().equals("[DONE]") && !event.data().contains("\"error\":{")) {
          assertThat(events.has(event.name())).as("event %s", event.name()).isTrue();
          assertFits(events.path(event.name()), event.data());
        }
      }
    } else if (type.equals("application/json")) {
      JsonNode schema = documented.path("content").path(type).path("schema");
      assertThat(schema.isMissingNode()).as("%s %s has a schema", method, bare).isFalse();
      assertFits(schema, response.body());
    }
    return response;
  }

  private JsonNode operation(String method, String path) {
    for (var each : document.path("paths").properties()) {
      if (path.matches(each.getKey().replaceAll("\\{[^}]+}", "[^/]+").replace(".", "\\."))) {
        return each.getValue().path(method.toLowerCase(java.util.Locale.ROOT));
      }
    }
    return JSON.missingNode();
  }

  /** Asserts that JSON has a schema of the document. */
  void assertFits(JsonNode schema, String text) {
    var root = JSON.createObjectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.setAll((com.fasterxml.jackson.databind.node.ObjectNode) schema.deepCopy());
    root.set("components", document.path("components"));
    JsonSchema compiled = schemas.getSchema(root);
    assertThat(compiled.validate(json(text))).as("%s fits %s", text, schema).isEmpty();
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + text, e);
    }
  }

  /** Waits until something is so. */
  static void await(String what, BooleanSupplier condition) {
    Eventually.holds(what, Duration.ofSeconds(10), condition);
  }

  /** Returns the value of a metric by its whole name with labels; 0 if it isn't there. */
  double metric(String name) {
    return send("GET", "/metrics", null, Map.of())
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  /** One server-sent event. */
  record Event(String name, String data) {
    static List<Event> parse(String stream) {
      List<Event> events = new ArrayList<>();
      for (String block : stream.split("\n\n", -1)) {
        if (block.isEmpty()) {
          continue;
        }
        String name = "message";
        StringBuilder data = new StringBuilder();
        for (String line : block.lines().toList()) {
          if (line.startsWith("event: ")) {
            name = line.substring(7);
          } else if (line.startsWith("data: ")) {
            data.append(line.substring(6));
          }
        }
        events.add(new Event(name, data.toString()));
      }
      return events;
    }
  }

  @Override
  public void close() {
    http.close();
    server.close();
  }
}
