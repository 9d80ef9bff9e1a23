package dev.slipway.hub;

import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Speaks HTTP to the Hub and to the hosts that it sends readers to. Waits out rate limits and tries
 * again what may succeed, both within bounds. The token is added here and nowhere else.
 * Thread-safe.
 */
final class HubClient {

  private static final int ATTEMPTS = 5;
  private static final int REDIRECTS = 5;

  private final HubSettings settings;
  private final Waiting waiting;
  private final RateGate gate;
  private final StallGuard stalls;
  private final HttpClient http;

  HubClient(HubSettings settings, Waiting waiting, Consumer<String> notices) {
    this.settings = settings;
    this.waiting = waiting;
    this.gate = new RateGate(waiting, notices);
    this.stalls = new StallGuard(settings.patience());
    // Redirects are followed by hand, because the token may not follow them everywhere. Over
    // HTTP/2 parallel ranges would share one connection and its window.
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.patience())
            .build();
  }

  /** What came back, its body unread. */
  record Reply(URI uri, HttpResponse<InputStream> response) implements AutoCloseable {
    int status() {
      return response.statusCode();
    }

    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }

    /** Returns whether this sends the reader elsewhere. */
    boolean redirects() {
      return status() >= 300 && status() < 400 && header("Location").isPresent();
    }

    @Override
    public void close() {
      try {
        response.body().close();
      } catch (IOException e) {
        // Nobody reads it any more.
      }
    }
  }

  /**
   * Asks, and follows redirects that stay at the Hub (a renamed repository); one that leads
   * elsewhere is returned.
   *
   * @throws IOException if nothing answers, or the server keeps failing
   * @throws OperationFailed if the rate limit lasts too long
   */
  Reply ask(String method, URI uri, Map<String, String> headers) throws IOException {
    URI at = uri;
    for (int hop = 0; hop <= REDIRECTS; hop++) {
      Reply reply = persist(method, at, headers);
      if (!reply.redirects()) {
        return reply;
      }
      URI target = target(reply);
      if (!settings.isHub(target)) {
        return reply;
      }
      reply.close();
      at = target;
    }
    throw unusable("it redirects in a circle");
  }

  /** As {@link #ask}, and follows redirects to other hosts too, without the token. */
  Reply read(URI uri, Map<String, String> headers) throws IOException {
    URI at = uri;
    for (int hop = 0; hop <= REDIRECTS; hop++) {
      Reply reply = ask("GET", at, headers);
      if (!reply.redirects()) {
        return reply;
      }
      at = target(reply);
      reply.close();
    }
    throw unusable("it redirects in a circle");
  }

  /**
   * Returns where a redirect leads.
   *
   * @throws OperationFailed if that can't be read, or would let others on the way read the model
   */
  URI target(Reply reply) {
    URI target;
    try {
      target = reply.uri().resolve(reply.header("Location").orElse(""));
    } catch (IllegalArgumentException e) {
      // Its message would tell the address, which may be signed.
      throw unusable("it redirects to what is no address");
    }
    if (target.getHost() == null || !String.valueOf(target.getScheme()).matches("https?")) {
      throw unusable("it redirects to what is no web address");
    }
    if (HubSettings.isPrivate(reply.uri()) && !HubSettings.isPrivate(target)) {
      throw unusable("it redirects from https to plain http");
    }
    return target;
  }

  /** Waits before another try, longer each time, and not as long as others. */
  void pause(int attempt) {
    long most = Math.min(8000, 500L << Math.min(attempt, 10));
    pause(Duration.ofMillis(most / 2 + ThreadLocalRandom.current().nextLong(most / 2)));
  }

  private void pause(Duration duration) {
    try {
      waiting.pause(duration);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private Reply persist(String method, URI uri, Map<String, String> headers) throws IOException {
    Duration waited = Duration.ZERO;
    int limited = 0;
    for (int attempt = 1; ; ) {
      Reply reply;
      try {
        gate.pass();
        reply = once(method, uri, headers);
      } catch (InterruptedException e) {
        throw interrupted();
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw new HubUnreachable(uri.getHost(), reason(e), e);
        }
        pause(attempt++);
        continue;
      }
      if (reply.status() == 429) {
        reply.close();
        Duration wait = gate.close(reply.response().headers(), ++limited);
        waited = waited.plus(wait);
        if (waited.compareTo(RateGate.LONGEST) > 0) {
          throw rateLimited(wait);
        }
      } else if (reply.status() >= 500 || reply.status() == 408) {
        reply.close();
        if (attempt == ATTEMPTS) {
          throw new HubUnreachable(uri.getHost(), "it answered " + reply.status(), null);
        }
        pause(attempt++);
      } else {
        return reply;
      }
    }
  }

  private Reply once(String method, URI uri, Map<String, String> headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("User-Agent", "slipway");
    headers.forEach(request::header);
    settings
        .token()
        .filter(_ -> settings.mayCarryToken(uri))
        .ifPresent(token -> request.header("Authorization", token.authorization()));
    CompletableFuture<HttpResponse<InputStream>> answer =
        http.sendAsync(
            request.build(),
            info ->
                HttpResponse.BodySubscribers.mapping(
                    HttpResponse.BodyHandlers.ofInputStream().apply(info), stalls::watch));
    try {
      return new Reply(uri, answer.get(settings.patience().toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no answer came in " + settings.patience().toSeconds() + " s", e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw new IOException(reason(e.getCause()), e.getCause());
    }
  }

  /** Says why, without an address. */
  private static String reason(@org.jspecify.annotations.Nullable Throwable e) {
    if (e == null) {
      return "the connection failed";
    }
    String message = e.getMessage();
    if (message == null || message.contains("://")) {
      return e.getClass().getSimpleName();
    }
    return message;
  }

  static Interrupted interrupted() {
    Thread.currentThread().interrupt();
    return new Interrupted(
        "The transfer from the Hub was interrupted",
        "this process was told to stop.",
        "Run the same command again: it goes on where it was.");
  }

  private static OperationFailed rateLimited(Duration wait) {
    return new OperationFailed(
        "hub_rate_limited",
        "Cannot read from the Hub now",
        "it limits the rate of requests, and asks to wait "
            + wait.toSeconds()
            + " s more than has been waited",
        "Try again then. A token (HF_TOKEN) has a higher limit than none.",
        true,
        null);
  }

  private static OperationFailed unusable(String why) {
    return new OperationFailed(
        "hub_answer_invalid",
        "Cannot use the Hub's answer",
        why,
        "See that HF_ENDPOINT is a Hub, and that no proxy on the way changes what it says.");
  }
}
