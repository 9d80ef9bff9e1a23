package dev.slipway.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out what a server is by asking it: SageMaker's containers and vLLM have {@code /ping} and
 * {@code /invocations}, llama.cpp's server {@code /health}, Ollama only {@code /v1/models}.
 * Thread-safe.
 *
 * @param server {@code http://host:port}, with a path prefix if it has one
 */
record UpstreamProbe(URI server, HttpClient client) {
  private static final Duration LIMIT = Duration.ofSeconds(2); // SageMaker's for /ping
  private static final List<String> HEALTH = List.of("/ping", "/health", "/v1/models");

  /** Returns the address of a path of the server. */
  URI at(String path) {
    String base = server.toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }

  /** Returns what the server can do, absent if none of its known health paths answers 200. */
  Optional<Upstream> look() throws InterruptedException {
    for (String path : HEALTH) {
      if (status(path) == 200) {
        // A path that is there, but not for GET, answers 405 or 400; one that isn't, 404.
        int invocations = status("/invocations");
        return Optional.of(new Upstream(path, invocations > 0 && invocations != 404, models()));
      }
    }
    return Optional.empty();
  }

  /** Returns why a path doesn't answer 200, empty if it does. */
  Optional<String> unhealthy(String path) throws InterruptedException {
    int status = status(path);
    if (status == 200) {
      return Optional.empty();
    }
    return Optional.of(
        status < 0 ? "nothing answers at " + server : at(path) + " answers " + status);
  }

  private int status(String path) throws InterruptedException {
    try {
      HttpRequest request = HttpRequest.newBuilder(at(path)).timeout(LIMIT).build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return -1;
    }
  }

  private List<String> models() throws InterruptedException {
    List<String> ids = new ArrayList<>();
    try {
      HttpRequest request = HttpRequest.newBuilder(at("/v1/models")).timeout(LIMIT).build();
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() == 200) {
        JsonNode list = new JsonMapper().readTree(response.body());
        list.path("data").forEach(model -> ids.add(model.path("id").asText()));
      }
    } catch (IOException e) {
      return List.of(); // no such list: then no model has to be named
    }
    return ids;
  }
}
