package dev.slipway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deploy.Pace;
import dev.slipway.eval.EvalQuestion;
import dev.slipway.eval.Respondent;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;

/**
 * Asks a service through {@code POST /rag}, and does as it says when it is busy: after a 429 or 503
 * all callers wait for its {@code Retry-After}. Thread-safe.
 */
final class RagClient implements Respondent, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration UNSAID = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final String url;
  private final Optional<String> key;
  private final OptionalInt k;
  private final Duration patience;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final Pace pace;
  private final AtomicReference<Instant> quietUntil = new AtomicReference<>(Instant.MIN);

  /**
   * Makes a client.
   *
   * @param key absent for none
   * @param k how many passages to ask for; absent for the manifest's
   * @param patience how long one question may take, with all its waits
   */
  RagClient(String url, Optional<String> key, OptionalInt k, Duration patience, Pace pace) {
    this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    this.key = key;
    this.k = k;
    this.patience = patience;
    this.pace = pace;
  }

  @Override
  public Response ask(EvalQuestion question) {
    ObjectNode body = JSON.createObjectNode().put("query", question.query());
    question.k().ifPresentOrElse(n -> body.put("k", n), () -> k.ifPresent(n -> body.put("k", n)));
    if (!question.filter().isEmpty()) {
      body.set("filter", JSON.valueToTree(question.filter()));
    }
    Instant end = pace.now().plus(patience);
    try {
      HttpResponse<String> response = send(posted(body), end);
      return response.statusCode() == 202 ? later(response, end) : response(response);
    } catch (HttpTimeoutException e) {
      return new Unanswered("it took longer than " + patience.toSeconds() + " s");
    } catch (SSLException e) {
      throw UntrustedCertificate.at(url, e);
    } catch (IOException e) {
      throw new OperationFailed(
          "service_unreachable",
          "Cannot ask the service at " + url,
          Unreachable.why(e),
          "Start it with `slipway up` or `slipway serve`, or give its --url.",
          true,
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "The evaluation was stopped", "this process was told to stop.", "Run it again.");
    }
  }

  private HttpRequest.Builder posted(ObjectNode body) {
    return HttpRequest.newBuilder(URI.create(url + "/rag"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
  }

  /** Sends until the service takes it, or the time is over. */
  private HttpResponse<String> send(HttpRequest.Builder request, Instant end)
      throws IOException, InterruptedException {
    key.ifPresent(secret -> request.setHeader("Authorization", "Bearer " + secret));
    while (true) {
      pauseUntil(Objects.requireNonNull(quietUntil.get()));
      request.timeout(longer(Duration.between(pace.now(), end), LEAST));
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      boolean busy = response.statusCode() == 429 || response.statusCode() == 503;
      Instant until = pace.now().plus(retryAfter(response));
      if (!busy || until.isAfter(end)) {
        return response;
      }
      quietUntil.accumulateAndGet(until, (one, other) -> one.isAfter(other) ? one : other);
    }
  }

  private void pauseUntil(Instant moment) {
    Instant now = pace.now();
    if (moment.isAfter(now)) {
      pace.pause(Duration.between(now, moment));
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(value -> value.matches("[0-9]{1,6}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
        .map(said -> said.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : said)
        .orElse(UNSAID);
  }

  /** An asynchronous endpoint takes its time: its answer is fetched where the service says. */
  private Response later(HttpResponse<String> accepted, Instant end)
      throws IOException, InterruptedException {
    String place = accepted.headers().firstValue("Location").orElse("");
    if (!place.startsWith("/")) {
      return new Unanswered("the service took the question, but doesn't say where its answer is");
    }
    Duration wait = retryAfter(accepted);
    while (pace.now().plus(wait).isBefore(end)) {
      pace.pause(wait);
      HttpResponse<String> response =
          send(HttpRequest.newBuilder(URI.create(url + place)).GET(), end);
      if (response.statusCode() != 200) {
        return response(response);
      }
      JsonNode job = JSON.readTree(response.body());
      if (job.has("answer")) {
        return answered(job.path("answer"));
      }
      if (job.path("state").asText().equals("failed")) {
        return new Unanswered(job.path("error").path("detail").asText());
      }
      wait = retryAfter(response);
    }
    return new Unanswered("it took longer than " + patience.toSeconds() + " s");
  }

  private Response response(HttpResponse<String> response) throws IOException {
    return switch (response.statusCode()) {
      case 200 -> answered(JSON.readTree(response.body()));
      case 401, 403 ->
          throw new OperationFailed(
              "invalid_api_key",
              "The service at " + url + " did not answer (HTTP " + response.statusCode() + ")",
              "it asks for a key",
              "Choose the manifest with -f, and set the variable of its api.keys: secret:NAME is"
                  + " SLIPWAY_SECRET_NAME; or name the variable that holds a key: --key-from.");
      case 404, 405 ->
          throw new OperationFailed(
              "no_service",
              "What answers at " + url + " is not Slipway's service",
              "it has no POST /rag (HTTP " + response.statusCode() + ")",
              "Give the service's address with --url.");
      default -> new Unanswered("HTTP " + response.statusCode() + detail(response.body()));
    };
  }

  private static String detail(String body) {
    try {
      JsonNode detail = JSON.readTree(body).path("detail");
      String text =
          detail.isArray() && !detail.isEmpty()
              ? detail.get(0).path("msg").asText()
              : detail.asText();
      return text.isEmpty() ? "" : ": " + text;
    } catch (IOException e) {
      return "";
    }
  }

  private static Answered answered(JsonNode answer) {
    List<Found> sources = new ArrayList<>();
    for (JsonNode source : answer.path("sources")) {
      sources.add(
          new Found(
              source.path("id").asText(),
              source.path("source").asText(),
              source.path("title").asText(),
              source.path("text").asText()));
    }
    Map<String, Double> timings = new LinkedHashMap<>();
    answer
        .path("timings")
        .properties()
        .forEach(step -> timings.put(step.getKey(), step.getValue().asDouble()));
    return new Answered(
        answer.path("answer").asText(), sources, timings, answer.path("trace_id").asText());
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
