package dev.slipway.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stands the hop before servers that answer as vLLM, LMI, Ollama and llama.cpp's server do. */
class ProxyHopTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String CHAT = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String MODELS =
      "{\"object\":\"list\",\"data\":[{\"id\":\"qwen\"},{\"id\":\"other\"}]}";

  private record Seen(String path, JsonNode body) {}

  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpServer server;
  private final ProxyHop hop;
  private int port;

  ProxyHopTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    URI address = URI.create("http://localhost:" + server.getAddress().getPort());
    hop = new ProxyHop(new UpstreamProbe(address, client), client, line -> {});
  }

  @BeforeEach
  void start() {
    server.start();
    port = hop.start();
  }

  @AfterEach
  void stop() {
    hop.close();
    server.stop(0);
    client.close();
  }

  @Test
  void notHealthyUntilTheServerIs() throws Exception {
    assertThat(hop.unhealthy().orElseThrow()).contains("/v1/models answers 404");
    assertThat(get("/ping").statusCode()).isEqualTo(503);
    assertThat(post(CHAT).statusCode()).isEqualTo(503);
    get("/health", 200, "{}");
    assertThat(hop.unhealthy()).isEmpty();
    assertThat(get("/ping").statusCode()).isEqualTo(200);
  }

  @Test
  void vllmGetsTheBodyAtInvocationsWithAModelThatItKnows() throws Exception {
    get("/ping", 200, "");
    get("/v1/models", 200, MODELS);
    answer("/invocations", 200, "{\"object\":\"chat.completion\"}");
    assertThat(hop.unhealthy()).isEmpty();
    assertThat(post(CHAT).body()).isEqualTo("{\"object\":\"chat.completion\"}");
    assertThat(seen.getLast().path()).isEqualTo("/invocations");
    assertThat(seen.getLast().body().path("model").asText()).isEqualTo("qwen");
    post("{\"model\":\"other\",\"prompt\":\"a\"}");
    assertThat(seen.getLast().body().path("model").asText()).isEqualTo("other");
    post("{\"model\":\"llm-twin\",\"prompt\":\"a\"}");
    assertThat(seen.getLast().body().path("model").asText()).isEqualTo("qwen");
  }

  @Test
  void lmiGetsItsInputsUntouched() throws Exception {
    get("/ping", 200, "");
    answer("/invocations", 200, "{\"generated_text\":\"x\"}");
    assertThat(hop.unhealthy()).isEmpty();
    String body = "{\"inputs\":\"a\",\"parameters\":{\"max_new_tokens\":3}}";
    assertThat(post(body).body()).isEqualTo("{\"generated_text\":\"x\"}");
    assertThat(seen.getLast().body()).isEqualTo(JSON.readTree(body));
  }

  @Test
  void ollamaGetsChatsAsItsOwn() throws Exception {
    get("/v1/models", 200, MODELS);
    answer("/v1/chat/completions", 200, "{\"object\":\"chat.completion\"}");
    assertThat(hop.unhealthy()).isEmpty();
    assertThat(post(CHAT).body()).isEqualTo("{\"object\":\"chat.completion\"}");
    assertThat(seen.getLast().body().path("model").asText()).isEqualTo("qwen");
    assertThat(seen.getLast().body().path("messages"))
        .isEqualTo(JSON.readTree(CHAT).path("messages"));
  }

  @Test
  void inputsAreTranslatedForServersThatHaveOnlyCompletions() throws Exception {
    get("/health", 200, "{}");
    answer(
        "/v1/completions",
        200,
        "{\"choices\":[{\"text\":\" out\",\"finish_reason\":\"length\"}],"
            + "\"usage\":{\"completion_tokens\":7}}");
    assertThat(hop.unhealthy()).isEmpty();
    JsonNode one =
        JSON.readTree(
            post("{\"inputs\":\"in\",\"parameters\":{\"max_new_tokens\":7,\"stop\":[\"x\"],"
                    + "\"details\":true,\"return_full_text\":true}}")
                .body());
    assertThat(one)
        .isEqualTo(
            JSON.readTree(
                "{\"generated_text\":\"in out\","
                    + "\"details\":{\"finish_reason\":\"length\",\"generated_tokens\":7}}"));
    assertThat(seen.getLast().body())
        .isEqualTo(
            JSON.readTree(
                "{\"max_tokens\":7,\"stop\":[\"x\"],\"temperature\":0,\"prompt\":\"in\"}"));
    assertThat(post("{\"inputs\":[\"a\",\"b\"]}").body())
        .isEqualTo("[{\"generated_text\":\" out\"},{\"generated_text\":\" out\"}]");
  }

  @Test
  void inputsBecomeAChatWhereThereIsNothingElse() throws Exception {
    get("/v1/models", 200, MODELS);
    answer(
        "/v1/chat/completions",
        200,
        "{\"choices\":[{\"message\":{\"content\":\"out\"},\"finish_reason\":\"stop\"}]}");
    assertThat(hop.unhealthy()).isEmpty();
    assertThat(post("{\"inputs\":\"in\"}").body()).isEqualTo("{\"generated_text\":\"out\"}");
    assertThat(seen.getLast().body().at("/messages/0/content").asText()).isEqualTo("in");
    assertThat(seen.getLast().body().path("max_tokens").asInt()).isEqualTo(30);
  }

  @Test
  void streamedInputsBecomeJsonLines() throws Exception {
    get("/health", 200, "{}");
    answer(
        "/v1/completions",
        200,
        """
        data: {"choices":[{"text":"a","finish_reason":null}]}

        data: {"choices":[{"text":"b","finish_reason":null}]}

        data: {"choices":[{"text":"","finish_reason":"stop"}]}

        data: {"choices":[],"usage":{"completion_tokens":3}}

        data: [DONE]

        """);
    assertThat(hop.unhealthy()).isEmpty();
    HttpResponse<String> answer = post("{\"inputs\":\"in\",\"stream\":true}");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/jsonlines");
    assertThat(answer.body().lines())
        .containsExactly(
            "{\"token\":{\"id\":-1,\"text\":\"a\",\"log_prob\":null}}",
            "{\"token\":{\"id\":-1,\"text\":\"b\",\"log_prob\":null}}",
            "{\"token\":{\"id\":-1,\"text\":\"\",\"log_prob\":null},\"generated_text\":\"ab\","
                + "\"details\":{\"finish_reason\":\"eos_token\",\"generated_tokens\":3}}");
    assertThat(seen.getLast().body().at("/stream_options/include_usage").asBoolean()).isTrue();
  }

  @Test
  void errorsOfTheServerGoThroughWithTheirStatus() throws Exception {
    get("/health", 200, "{}");
    answer("/v1/chat/completions", 429, "{\"error\":\"busy\"}");
    assertThat(hop.unhealthy()).isEmpty();
    assertThat(post(CHAT).statusCode()).isEqualTo(429);
    assertThat(post(CHAT).body()).isEqualTo("{\"error\":\"busy\"}");
    assertThat(post("{}").statusCode()).isEqualTo(400);
    assertThat(post("nonsense").statusCode()).isEqualTo(400);
    assertThat(post("{\"inputs\":7}").statusCode()).isEqualTo(400);
  }

  @Test
  void serverThatIsGoneIsABadGateway() throws Exception {
    get("/health", 200, "{}");
    assertThat(hop.unhealthy()).isEmpty();
    server.stop(0);
    HttpResponse<String> answer = post(CHAT);
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(hop.unhealthy().orElseThrow()).contains("nothing answers at");
  }

  @Test
  void piecesArriveBeforeTheStreamEndsAndTheServerHearsWhenTheClientLeaves() throws Exception {
    CountDownLatch broken = new CountDownLatch(1);
    get("/health", 200, "{}");
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
              out.write("data: {}\n\n".getBytes(StandardCharsets.UTF_8));
              out.flush();
            }
          } catch (IOException e) {
            broken.countDown();
          }
        });
    assertThat(hop.unhealthy()).isEmpty();
    HttpResponse<InputStream> answer =
        client.send(
            request("{\"stream\":true,\"messages\":[]}"),
            HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = answer.body()) {
      assertThat(new String(in.readNBytes(8), StandardCharsets.UTF_8)).isEqualTo("data: {}");
    }
    assertThat(broken.await(30, TimeUnit.SECONDS)).isTrue();
  }

  private void get(String path, int status, String body) {
    answer(path, status, body);
  }

  private void answer(String path, int status, String body) {
    server.createContext(
        path,
        exchange -> {
          if (!exchange.getRequestURI().getPath().equals(path)) {
            send(exchange, 404, "");
            return;
          }
          byte[] request = exchange.getRequestBody().readAllBytes();
          if (exchange.getRequestMethod().equals("POST")) {
            seen.add(new Seen(path, JSON.readTree(request)));
            send(exchange, status, body);
          } else {
            // What takes only POST says so.
            send(exchange, path.matches("/ping|/health|/v1/models") ? status : 405, body);
          }
        });
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return client.send(request(body), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String body) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/invocations"))
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }
}
