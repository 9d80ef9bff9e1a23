package dev.slipway.local.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Asks a container over HTTP, and reads its answers. */
record ContainerClient(HttpClient http, int port) {
  private static final JsonMapper JSON = new JsonMapper();

  record Streamed(List<String> pieces, String finishReason, JsonNode usage) {
    String text() {
      return String.join("", pieces);
    }
  }

  Streamed streamed(Map<String, Object> body) throws Exception {
    HttpResponse<String> answer = post("/invocations", streaming(body));
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    List<String> pieces = new ArrayList<>();
    String reason = "";
    JsonNode usage = JSON.missingNode();
    List<String> events = answer.body().lines().filter(line -> !line.isEmpty()).toList();
    assertThat(events.getLast()).isEqualTo("data: [DONE]");
    for (String event : events.subList(0, events.size() - 1)) {
      JsonNode chunk = JSON.readTree(event.substring("data: ".length()));
      assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
      usage = chunk.path("usage");
      pieces.add(chunk.at("/choices/0/delta/content").asText());
      if (chunk.at("/choices/0/finish_reason").isTextual()) {
        reason = chunk.at("/choices/0/finish_reason").asText();
      }
    }
    return new Streamed(pieces, reason, usage);
  }

  int count(String prompt) throws Exception {
    return ask("/tokenize", Map.of("prompt", prompt)).path("count").asInt();
  }

  String text(Map<String, Object> body) throws Exception {
    return ask(body).at("/choices/0/text").asText();
  }

  JsonNode ask(Map<String, Object> body) throws Exception {
    return ask("/invocations", body);
  }

  JsonNode ask(String path, Map<String, Object> body) throws Exception {
    HttpResponse<String> answer = post(path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  static Map<String, Object> streaming(Map<String, Object> body) {
    Map<String, Object> streaming = new LinkedHashMap<>(body);
    streaming.put("stream", true);
    return streaming;
  }

  HttpResponse<String> post(String path, Map<String, Object> body)
      throws IOException, InterruptedException {
    return http.send(request(path, body), HttpResponse.BodyHandlers.ofString());
  }

  HttpRequest request(String path, Map<String, Object> body) throws IOException {
    return HttpRequest.newBuilder(uri(path))
        .timeout(Duration.ofSeconds(60))
        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
        .build();
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  JsonNode engine() throws IOException, InterruptedException {
    return JSON.readTree(get("/slipway/engine").body());
  }

  void await(Predicate<JsonNode> condition) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    JsonNode engine = engine();
    while (!condition.test(engine)) {
      assertThat(System.nanoTime() - end).as("waited in vain: %s", engine).isNegative();
      Thread.onSpinWait();
      engine = engine();
    }
  }

  URI uri(String path) {
    return URI.create("http://localhost:" + port + path);
  }
}
