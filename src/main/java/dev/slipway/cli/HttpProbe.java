package dev.slipway.cli;

import dev.slipway.deploy.Pace;
import dev.slipway.deploy.ServiceProbe;
import dev.slipway.manifest.Manifest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * Asks a deployed service over HTTP, with a key of this environment if there is one.
 *
 * @param clients makes clients, with the certificates that this machine trusts
 */
record HttpProbe(Map<String, String> environment, Pace pace, Supplier<HttpClient.Builder> clients)
    implements ServiceProbe {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** The name of a load balancer that was just made takes minutes to be known everywhere. */
  private static final Duration UNKNOWN = Duration.ofMinutes(2);

  private static final Duration BETWEEN = Duration.ofSeconds(5);
  private static final String QUESTION = "{\"query\": \"Say hello.\"}";

  HttpProbe(Map<String, String> environment, Pace pace) {
    this(environment, pace, HttpClient::newBuilder);
  }

  @Override
  public Answer ask(Manifest manifest, URI service) {
    Optional<String> key =
        manifest.api().keys().flatMap(secret -> ApiKeySecret.any(secret, environment));
    try (HttpClient client =
        clients
            .get()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build()) {
      Optional<Answer> silent = live(client, service);
      if (silent.isPresent()) {
        return silent.get();
      }
      if (key.isEmpty()) {
        return new Answer(
            Reach.LIVE,
            service
                + " lives, and no key is at hand: set "
                + manifest.api().keys().map(secret -> secret.variable()).orElse("a token")
                + " to one to have it asked.");
      }
      return answer(client, service, key.get(), manifest.api().limits().deadline());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new dev.slipway.failure.Interrupted(
          "The service was not asked",
          "this process was told to stop.",
          "It is deployed: deploy again to have it asked.");
    }
  }

  /** Returns why there is no question to be asked; absent where it lives. */
  private Optional<Answer> live(HttpClient client, URI service) throws InterruptedException {
    try {
      HttpResponse<Void> live = patiently(client, get(service.resolve("/health/live")));
      return live.statusCode() == 200
          ? Optional.empty()
          : Optional.of(
              new Answer(Reach.FAILED, "GET /health/live gives " + live.statusCode() + "."));
    } catch (SSLException e) {
      return Optional.of(certificate(service, e));
    } catch (IOException e) {
      return Optional.of(
          new Answer(
              Reach.UNREACHABLE,
              service + " can't be reached from this machine; ask it from inside of its network."));
    }
  }

  private static Answer certificate(URI service, SSLException refused) {
    for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
      String said = String.valueOf(cause.getMessage());
      if (cause instanceof CertificateException
          && said.matches("(?s)No .*(name|IP).* (found|matching).*")) {
        return new Answer(
            Reach.OTHER_NAME,
            "its certificate is not for "
                + service.getHost()
                + ": point a name of the certificate there (CNAME or alias), and ask that.");
      }
    }
    return new Answer(
        Reach.UNREACHABLE,
        "this machine makes no TLS connection to "
            + service
            + " ("
            + refused.getMessage()
            + "); set "
            + TrustedAuthorities.VARIABLE
            + " to its authority's, or ask it from one that trusts its certificate.");
  }

  /** What lives is reached: that it then says nothing is its failure, not the network's. */
  private static Answer answer(HttpClient client, URI service, String key, Duration deadline)
      throws InterruptedException {
    try {
      return judged(
          client.send(question(service, key, deadline), HttpResponse.BodyHandlers.discarding()));
    } catch (HttpTimeoutException e) {
      return new Answer(
          Reach.FAILED,
          "it lives, and gave no answer to a question within " + deadline.toSeconds() + " s.");
    } catch (IOException e) {
      return new Answer(Reach.FAILED, "it lives, and hung up on a question.");
    }
  }

  private HttpResponse<Void> patiently(HttpClient client, HttpRequest request)
      throws IOException, InterruptedException {
    Instant end = pace.now().plus(UNKNOWN);
    while (true) {
      try {
        HttpResponse<Void> answer = client.send(request, HttpResponse.BodyHandlers.discarding());
        // The load balancer's own, while it takes in the tasks.
        if (answer.statusCode() < 502 || pace.now().isAfter(end)) {
          return answer;
        }
      } catch (java.net.ConnectException unknown) {
        boolean unresolved =
            unknown.getCause() instanceof java.nio.channels.UnresolvedAddressException;
        if (!unresolved || pace.now().isAfter(end)) {
          throw unknown;
        }
      }
      pace.pause(BETWEEN);
    }
  }

  private static HttpRequest get(URI address) {
    return HttpRequest.newBuilder(address).timeout(CONNECT.multipliedBy(2)).build();
  }

  private static HttpRequest question(URI service, String key, Duration deadline) {
    return HttpRequest.newBuilder(service.resolve("/rag"))
        .timeout(deadline.plus(CONNECT))
        .header("Authorization", "Bearer " + key)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(QUESTION, StandardCharsets.UTF_8))
        .build();
  }

  private static Answer judged(HttpResponse<Void> answer) {
    return switch (answer.statusCode()) {
      case 200, 202 -> new Answer(Reach.ANSWERED, "it answered.");
      case 401, 403 ->
          new Answer(Reach.LIVE, "it lives, and doesn't know the key of this environment.");
      case 429 -> new Answer(Reach.LIVE, "it lives, and has no room for one more question.");
      default -> new Answer(Reach.FAILED, "POST /rag gives " + answer.statusCode() + ".");
    };
  }
}
