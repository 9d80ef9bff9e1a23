package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipway.Eventually;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.inference.BgeSmallEmbedder;
import dev.slipway.inference.TinyCrossEncoder;
import dev.slipway.local.runtime.HostedEndpoints;
import dev.slipway.local.runtime.RuntimeLimits;
import dev.slipway.local.runtime.RuntimeServer;
import dev.slipway.local.s3.ObjectServer;
import dev.slipway.local.s3.ObjectUri;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.VectorSpace;
import dev.slipway.rag.retrieval.Shelf;
import dev.slipway.store.LuceneStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole flow over HTTP, on the local target: the service as it is wired, the local SageMaker
 * runtime, a real index and embedder, and a container that says what the test lets it say.
 */
final class AdvancedRetrievalTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EndpointName endpoint = new EndpointName("llm-twin");
  private final List<JsonNode> asked = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer container;
  private final ObjectServer objects;
  private final RuntimeServer runtime;
  private final Service service;
  private final HttpClient http = HttpClient.newHttpClient();

  AdvancedRetrievalTest(@TempDir Path folder) throws IOException {
    container = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    container.setExecutor(threads);
    container.createContext("/invocations", this::answer);
    container.start();
    objects = ObjectServer.start(folder.resolve("s3"), 0);
    runtime =
        RuntimeServer.start(
            name -> Optional.of(name).filter(endpoint::equals).map(this::hosted),
            objects.store(),
            ObjectUri.parse("s3://slipway-async/answers/"),
            RuntimeLimits.defaults(),
            0,
            folder.resolve("async"));
    BgeSmallEmbedder embedder = new BgeSmallEmbedder();
    try (LuceneStore store = new LuceneStore(folder.resolve("index"), VectorSpace.of(embedder))) {
      Shelf.fill(store, embedder);
    }
    TinyCrossEncoder.write(folder.resolve("reranker"));
    service = Main.start(settings(folder));
  }

  private HostedEndpoints.Hosted hosted(EndpointName name) {
    return new HostedEndpoints.Hosted(
        name,
        HostedEndpoints.Status.IN_SERVICE,
        URI.create("http://127.0.0.1:" + container.getAddress().getPort()),
        List.of(),
        Optional.empty());
  }

  private ServiceSettings settings(Path folder) {
    String manifest =
        """
        name: llm-twin
        target: local
        model: {source: "hf://org/name"}
        rag:
          collections: [posts, articles, repositories]
          k: 2
          self_query: {fields: [author, date]}
          expand: 2
          rerank: {cross_encoder: "file:reranker"}
          budget: {self_query: 20s, expand: 20s, rerank: 20s}
        """;
    return new ServiceSettings(
        "1.2.3",
        new ManifestReader()
            .read(manifest, "slipway.yaml", folder, Optional.empty(), _ -> Optional.empty()),
        0,
        endpoint,
        Optional.empty(),
        Optional.of(new ServiceSettings.Loopback(runtime.url(), "us-east-1", objects.url())),
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        new PassagePlace.Folder(folder.resolve("index")),
        Optional.of(folder.resolve("reranker")),
        folder.resolve("traces"),
        folder.resolve("jobs"),
        Optional.empty(),
        Entrance.local(List.of()),
        Optional::empty);
  }

  @AfterEach
  void close() {
    http.close();
    service.close();
    runtime.close();
    objects.close();
    container.stop(0);
    threads.shutdownNow();
  }

  /** Plays the model: a filter, more questions, or the answer, by what it is asked for. */
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
      asked.add(body);
      String rules = body.at("/messages/0/content").asText();
      String text =
          rules.startsWith("You choose search filters")
              ? "{\"author\": null, \"date\": null}"
              : rules.startsWith("You help to search documents")
                  ? "Who joins requests to a batch?\nWhat does a scheduler do between two tokens?"
                  : "The scheduler joins them between two tokens.";
      byte[] bytes =
          JSON.writeValueAsBytes(
              JSON.readTree(
                  "{\"choices\": [{\"message\": {\"role\": \"assistant\", \"content\": "
                      + JSON.writeValueAsString(text)
                      + "}, \"finish_reason\": \"stop\"}], \"usage\": {\"prompt_tokens\": 9,"
                      + " \"completion_tokens\": 3, \"total_tokens\": 12}}"));
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private JsonNode post(String question) throws Exception {
    HttpResponse<String> answered =
        http.send(
            HttpRequest.newBuilder(URI.create(service.url() + "/rag"))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        JSON.writeValueAsString(JSON.createObjectNode().put("query", question))))
                .build(),
            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    assertThat(answered.statusCode()).as(answered.body()).isEqualTo(200);
    return JSON.readTree(answered.body());
  }

  private JsonNode trace(String id) {
    JsonNode[] trace = {JSON.missingNode()};
    Eventually.holds(
        "the trace is recorded",
        Duration.ofSeconds(20),
        () -> {
          try {
            HttpResponse<String> found =
                http.send(
                    HttpRequest.newBuilder(URI.create(service.url() + "/traces/" + id)).build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            trace[0] = JSON.readTree(found.body());
            return found.statusCode() == 200;
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    return trace[0];
  }

  @Test
  void aQuestionGoesThroughEveryStepAndItsTraceShowsThem() throws Exception {
    JsonNode answer = post("How does a server by Grace Hopper join requests to a batch of a GPU?");

    assertThat(answer.path("answer").asText())
        .isEqualTo("The scheduler joins them between two tokens.");
    List<String> sources = answer.path("sources").findValuesAsText("id");
    assertThat(sources).hasSize(2).startsWith("repositories:engine");
    assertThat(answer.path("timings").properties())
        .extracting(java.util.Map.Entry::getKey)
        .contains("self_query", "expand", "embed", "search", "rerank", "prompt", "generate");

    // The rules found the author, so that the model was asked for the date only.
    assertThat(asked).hasSize(3);
    JsonNode filter =
        asked.stream().filter(body -> body.has("response_format")).findFirst().orElseThrow();
    JsonNode schema = filter.at("/response_format/json_schema/schema");
    assertThat(schema.path("properties").properties())
        .extracting(java.util.Map.Entry::getKey)
        .containsExactly("date");
    assertThat(schema.toString()).contains("2024-01-15");
    assertThat(asked.getLast().at("/messages").toString())
        .contains("A small inference server in C.")
        .doesNotContain("paper tape");

    JsonNode trace = trace(answer.path("trace_id").asText());
    assertThat(trace.path("retrieved").findValuesAsText("id")).isEqualTo(sources);
    assertThat(trace.path("prompt").asText()).contains("A small inference server in C.");
    assertThat(trace.toString())
        .contains("author=Grace Hopper")
        .contains("Who joins requests to a batch?")
        .contains("posts, articles, repositories")
        .contains("\"searches\":\"12\"");
  }
}
