package dev.slipway.api;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts what the service does. Thread-safe. In Prometheus' names:
 *
 * <ul>
 *   <li>{@code slipway_http_requests_total{method,route,status}}: requests answered; {@code route}
 *       is the path as the registry writes it, or {@code unmatched}
 *   <li>{@code slipway_http_request_duration_seconds{route}}: from the head of the request to the
 *       last byte of the answer, a histogram
 *   <li>{@code http_server_request_duration_seconds{http_request_method,http_route,
 *       http_response_status_code}}: the same in the names of OpenTelemetry's conventions
 *   <li>{@code slipway_feedback_total{verdict}}: judgements of answers, {@code positive}, {@code
 *       negative} or {@code neutral}
 *   <li>{@code slipway_http_requests_in_flight}: requests being answered now
 *   <li>{@code slipway_questions_in_flight}: questions at the model now
 *   <li>{@code slipway_time_to_first_token_seconds{route}}: from the question to its first text, of
 *       streamed answers, a histogram
 *   <li>{@code slipway_tokens_total{kind}}: tokens by the model's own count, {@code prompt} and
 *       {@code completion}
 *   <li>{@code slipway_rejected_total{reason}}: requests refused by a guard: {@code rate}, {@code
 *       capacity}, {@code tokens}, {@code key}, {@code size}, {@code protocol}, {@code check},
 *       {@code scope}, {@code origin}
 *   <li>{@code slipway_streams_cancelled_total{route}}: streamed answers whose client left
 *   <li>{@code slipway_streams_failed_total{route}}: streamed answers that failed after their first
 *       event, under status 200
 *   <li>{@code jvm_*}, {@code process_*}, {@code system_*}: the JVM and its machine, in
 *       Micrometer's names
 * </ul>
 */
final class ApiMetrics {
  private final PrometheusMeterRegistry registry;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger questions = new AtomicInteger();
  private final Map<Ended, Meters> ended = new ConcurrentHashMap<>();

  ApiMetrics(PrometheusMeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("slipway.http.requests.in.flight", requests, AtomicInteger::get)
        .register(registry);
    Gauge.builder("slipway.questions.in.flight", questions, AtomicInteger::get).register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** Why a guard refuses a request. */
  enum Rejection {
    RATE,
    CAPACITY,
    TOKENS,
    KEY,
    SIZE,
    PROTOCOL,
    CHECK,
    SCOPE,
    ORIGIN
  }

  void requestBegins() {
    requests.incrementAndGet();
  }

  void requestEnds(String method, String route, int status, Duration took) {
    requests.decrementAndGet();
    ended.computeIfAbsent(new Ended(known(method), route, status), this::meters).count(took);
  }

  /** Which requests are counted together. */
  private record Ended(String method, String route, int status) {}

  /** Where they are counted; to look it up in the registry takes longer than to count. */
  private record Meters(Counter requests, Timer duration, Timer conventional) {
    void count(Duration took) {
      requests.increment();
      duration.record(took);
      conventional.record(took);
    }
  }

  private Meters meters(Ended which) {
    String status = Integer.toString(which.status());
    return new Meters(
        Counter.builder("slipway.http.requests")
            .tags("method", which.method(), "route", which.route(), "status", status)
            .register(registry),
        Timer.builder("slipway.http.request.duration")
            .tag("route", which.route())
            .serviceLevelObjectives(BUCKETS)
            .register(registry),
        Timer.builder("http.server.request.duration")
            .tags("http.request.method", which.method())
            .tags("http.route", which.route(), "http.response.status.code", status)
            .serviceLevelObjectives(BUCKETS)
            .register(registry));
  }

  void judged(double score) {
    String verdict = score > 0 ? "positive" : score < 0 ? "negative" : "neutral";
    registry.counter("slipway.feedback", "verdict", verdict).increment();
  }

  void questionBegins() {
    questions.incrementAndGet();
  }

  void questionEnds() {
    questions.decrementAndGet();
  }

  void firstToken(String route, Duration after) {
    Timer.builder("slipway.time.to.first.token")
        .tag("route", route)
        .serviceLevelObjectives(BUCKETS)
        .register(registry)
        .record(after);
  }

  void tokens(int prompt, int completion) {
    registry.counter("slipway.tokens", "kind", "prompt").increment(prompt);
    registry.counter("slipway.tokens", "kind", "completion").increment(completion);
  }

  void rejected(Rejection reason) {
    registry
        .counter("slipway.rejected", "reason", reason.name().toLowerCase(Locale.ROOT))
        .increment();
  }

  void cancelled(String route) {
    registry.counter("slipway.streams.cancelled", "route", route).increment();
  }

  void failed(String route) {
    registry.counter("slipway.streams.failed", "route", route).increment();
  }

  /** Returns everything in Prometheus' text format 0.0.4. */
  String scrape() {
    return registry.scrape();
  }

  /** Anyone may send any method: a label must not grow with what is sent. */
  static String known(String method) {
    return switch (method) {
      case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT" -> method;
      default -> "other";
    };
  }

  /** From a health probe to a whole minute of generation. */
  static final Duration[] BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60)
  };
}
