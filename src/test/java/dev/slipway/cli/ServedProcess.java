package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** {@code slipway serve} in a process of its own, and a caller of it. */
final class ServedProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final HttpClient http;
  private final URI url;
  private final Path err;

  private ServedProcess(Process process, HttpClient http, URI url, Path err) {
    this.process = process;
    this.err = err;
    this.http = http;
    this.url = url;
  }

  /**
   * Starts one, and waits until it listens.
   *
   * @param trust what its caller trusts; absent for Java's own authorities
   */
  static ServedProcess start(
      SlipwayProcess slipway, Path manifest, Optional<SSLContext> trust, String... more)
      throws IOException {
    Path out = Files.createTempFile(slipway.home(), "serve", ".out");
    Path err = Files.createTempFile(slipway.home(), "serve", ".err");
    List<String> arguments =
        new ArrayList<>(List.of("serve", "-f", manifest.toString(), "--port", "0", "--json"));
    arguments.addAll(List.of(more));
    Process process = slipway.start(out, err, arguments.toArray(String[]::new));
    Eventually.holds(
        "it listens",
        PATIENCE,
        () -> {
          assertThat(process.isAlive()).as("it runs: %s %s", said(out), said(err)).isTrue();
          return said(out).contains("\"api\"") && said(out).contains("}");
        });
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5));
    trust.ifPresent(client::sslContext);
    return new ServedProcess(
        process, client.build(), URI.create(JSON.readTree(said(out)).path("api").asText()), err);
  }

  private static String said(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  URI url() {
    return url;
  }

  /** Returns what it has said on standard error. */
  String said() {
    return said(err);
  }

  /** An answer of the service. */
  record Answer(int status, String body, java.net.http.HttpHeaders headers) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new AssertionError(body, e);
      }
    }

    String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  /** Asks {@code POST /rag}. */
  Answer ask(Optional<String> key, String question) {
    return ask(key, question, false);
  }

  Answer ask(Optional<String> key, String question, boolean stream) {
    return send(
        key,
        HttpRequest.newBuilder(url.resolve("/rag"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    JSON.createObjectNode()
                        .put("query", question)
                        .put("stream", stream)
                        .toString())));
  }

  Answer get(Optional<String> key, String path) {
    return send(key, HttpRequest.newBuilder(url.resolve(path)).GET());
  }

  Answer send(Optional<String> key, HttpRequest.Builder request) {
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    try {
      HttpResponse<String> answer =
          http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body(), answer.headers());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends SIGTERM, and returns the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends within 30 s").isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    http.shutdownNow();
    http.close();
  }
}
