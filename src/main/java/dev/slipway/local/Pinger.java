package dev.slipway.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks a container whether it is healthy, as SageMaker does: 200, within 2 seconds. Thread-safe.
 *
 * @param client speaks HTTP/1.1
 */
record Pinger(HttpClient client) {
  private static final Duration LIMIT = Duration.ofSeconds(2); // SageMaker's for /ping

  /** Returns why the address doesn't answer 200, empty if it does. */
  Optional<String> unhealthy(URI address) {
    try {
      HttpRequest request = HttpRequest.newBuilder(address).timeout(LIMIT).build();
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      return status == 200
          ? Optional.empty()
          : Optional.of(address.getPath() + " answers " + status);
    } catch (IOException e) {
      return Optional.of(address + " does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }
}
