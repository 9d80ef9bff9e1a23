package dev.slipway.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.endpoint.Deadline;
import dev.slipway.failure.Interrupted;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;

/**
 * Speaks Qdrant's REST API. Whatever is sent may be sent twice, so that every request may be tried
 * again: after no connection, 429 and 5xx, with growing pauses, until its deadline. Thread-safe.
 */
final class QdrantClient implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final int MOST_ATTEMPTS = 5;

  private final HttpClient http =
      HttpClient.newBuilder()
          // Qdrant's REST port speaks HTTP/1.1; asking for more costs a header that proxies
          // dislike.
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .build();
  private final String base;
  private final String key;
  private final QdrantFailures failures;

  /**
   * An answer that was understood.
   *
   * @param status 200, or the 4xx that it was
   * @param result what was asked for; missing unless the status is 200
   * @param error the server's reason; empty if the status is 200
   */
  record Reply(int status, JsonNode result, String error) {
    boolean ok() {
      return status == 200;
    }

    boolean missing() {
      return status == 404;
    }
  }

  QdrantClient(URI url, String key, QdrantFailures failures) {
    this.base = url.toString().replaceAll("/+$", "");
    this.key = key;
    this.failures = failures;
  }

  /** Asks for what a path has. */
  Reply get(String path, Deadline deadline) {
    return send(request("GET", path, Optional.empty()), deadline);
  }

  /** Makes or puts what a path names. */
  Reply put(String path, JsonNode body, Deadline deadline) {
    return send(request("PUT", path, Optional.of(body)), deadline);
  }

  /** Asks a question, or orders a change. */
  Reply post(String path, JsonNode body, Deadline deadline) {
    return send(request("POST", path, Optional.of(body)), deadline);
  }

  private HttpRequest.Builder request(String method, String path, Optional<JsonNode> body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .header("api-key", key)
            .header("accept", "application/json");
    return body.map(
            json ->
                request
                    .header("content-type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(json.toString())))
        .orElseGet(() -> request.method(method, HttpRequest.BodyPublishers.noBody()));
  }

  private Reply send(HttpRequest.Builder request, Deadline deadline) {
    for (int attempt = 1; ; attempt++) {
      Duration left = deadline.remaining();
      if (left.isZero()) {
        throw failures.slow(new HttpTimeoutException("no time left"));
      }
      Optional<Duration> wanted;
      RuntimeException failure;
      try {
        HttpResponse<String> response =
            http.send(request.timeout(left).build(), HttpResponse.BodyHandlers.ofString());
        int status = response.statusCode();
        if (status != 429 && status < 500) {
          return reply(status, response.body());
        }
        failure = failures.busy(status, error(response.body()).orElse("no reason given"));
        wanted = retryAfter(response);
      } catch (HttpTimeoutException | InterruptedException | SSLException last) {
        throw ended(last);
      } catch (IOException broken) {
        failure = failures.unreachable(broken);
        wanted = Optional.empty();
      }
      Duration pause = wanted.orElse(pause(attempt));
      if (attempt == MOST_ATTEMPTS || pause.compareTo(deadline.remaining()) >= 0) {
        throw failure;
      }
      sleep(pause);
    }
  }

  /** Returns the failure after which no other attempt makes sense. */
  private RuntimeException ended(Exception last) {
    return switch (last) {
      case java.net.http.HttpConnectTimeoutException unreachable ->
          failures.unreachable(unreachable);
      case HttpTimeoutException slow -> failures.slow(slow);
      case InterruptedException _ -> interrupted();
      default -> failures.unreachable(last);
    };
  }

  private Reply reply(int status, String body) {
    if (status == 401 || status == 403) {
      throw failures.keyRefused(status);
    }
    JsonNode json = parse(body).orElseThrow(() -> failures.notQdrant(status));
    if (status == 200) {
      if (!json.has("result")) {
        throw failures.notQdrant(status);
      }
      return new Reply(status, json.path("result"), "");
    }
    String reason = error(body).orElseThrow(() -> failures.notQdrant(status));
    return new Reply(status, JSON.missingNode(), reason);
  }

  private static Optional<String> error(String body) {
    return parse(body)
        .map(json -> json.path("status").path("error"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue);
  }

  private static Optional<JsonNode> parse(String body) {
    try {
      return Optional.ofNullable(JSON.readTree(body)).filter(JsonNode::isObject);
    } catch (JsonProcessingException notJson) {
      return Optional.empty();
    }
  }

  /** Returns how long the server asks to wait; absent where it says nothing that can be read. */
  private static Optional<Duration> retryAfter(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("retry-after")
        .filter(seconds -> seconds.matches("\\d{1,6}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private static Duration pause(int attempt) {
    long most = FIRST_PAUSE.toMillis() << (attempt - 1);
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException stopped) {
      throw interrupted();
    }
  }

  private static Interrupted interrupted() {
    Thread.currentThread().interrupt();
    return new Interrupted(
        "Stopped waiting for Qdrant",
        "this process was told to stop.",
        "Run the same command again: it goes on where it stopped.");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
