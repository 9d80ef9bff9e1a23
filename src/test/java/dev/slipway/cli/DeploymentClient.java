package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Asks a deployment that runs, and looks at what its container counts.
 *
 * @param home where its state is
 * @param api its service's URL
 */
record DeploymentClient(Path home, String api) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PORT = Pattern.compile("\\{\"port\":(\\d+)}");

  JsonNode ask(String question) throws IOException, InterruptedException {
    HttpResponse<String> response =
        post("/rag", JSON.createObjectNode().put("query", question).toString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(api + path))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  static String chat(String question, String more) {
    return """
    {"model": "slipway-demo", "messages": [{"role": "user", "content": "%s"}], %s}
    """
        .formatted(question, more);
  }

  JsonNode complete(String body) throws IOException, InterruptedException {
    HttpResponse<String> response = post("/v1/chat/completions", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  /** Asks for a long answer, and leaves when its first text is there. */
  void leave(String path, String body, String text) throws Exception {
    JsonNode before = engine();
    URI at = URI.create(api);
    try (var socket = new Socket(at.getHost(), at.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                      + "Content-Length: %d\r\n\r\n%s")
                  .formatted(path, at.getAuthority(), body.length(), body)
                  .getBytes(StandardCharsets.US_ASCII));
      var seen = new StringBuilder();
      while (seen.indexOf(text) < 0) {
        int character = socket.getInputStream().read();
        assertThat(character).as("the answer ended: %s", seen).isNotNegative();
        seen.append((char) character);
      }
    }
    await(() -> engine().path("cancelled").asLong() > before.path("cancelled").asLong());
    await(() -> engine().path("active").asInt() == 0);
    assertThat(engine().path("completed")).isEqualTo(before.path("completed"));
  }

  /** Reads what the container of this moment counts. */
  JsonNode engine() {
    try {
      String log = Files.readString(home.resolve("state/local/slipway-demo/logs/container.log"));
      String last = PORT.matcher(log).results().reduce((_, next) -> next).orElseThrow().group(1);
      URI counters = URI.create("http://127.0.0.1:" + last + "/slipway/engine");
      try (InputStream in = counters.toURL().openStream()) {
        return JSON.readTree(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void await(BooleanSupplier condition) {
    Eventually.holds("what was waited for", Duration.ofSeconds(30), condition);
  }
}
