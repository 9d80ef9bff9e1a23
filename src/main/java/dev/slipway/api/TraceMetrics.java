package dev.slipway.api;

import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceRecorder;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Counts what traces tell, in the names that OpenTelemetry's conventions for generative AI have in
 * Prometheus. Thread-safe.
 *
 * <ul>
 *   <li>{@code gen_ai_client_operation_duration_seconds{gen_ai_operation_name,
 *       gen_ai_provider_name,gen_ai_request_model,error_type}}: {@code chat} and {@code
 *       embeddings}, a histogram; {@code error_type} is empty where nothing failed
 *   <li>{@code gen_ai_client_token_usage{...,gen_ai_token_type}}: tokens of a question, {@code
 *       input} and {@code output}, a histogram
 *   <li>{@code gen_ai_server_time_to_first_token_seconds}: at the endpoint, of streamed answers
 *   <li>{@code gen_ai_server_time_per_output_token_seconds}: after the first, of streamed answers
 *   <li>{@code slipway_step_duration_seconds{step}}: each step of an answer, a histogram
 *   <li>{@code slipway_answers_total{route,outcome}}: {@code outcome} is {@code ok} or the code of
 *       what failed
 *   <li>{@code slipway_traces_dropped_total{sink}}: traces that the file ({@code store}) or the
 *       collector ({@code export}) did not take
 * </ul>
 */
final class TraceMetrics implements TraceRecorder {
  /** Powers of 4, as the convention has them, up to a million. */
  private static final double[] TOKENS = {
    1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576
  };

  /** As the convention has them. */
  private static final Duration[] PER_TOKEN = {
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(75),
    Duration.ofMillis(100),
    Duration.ofMillis(150),
    Duration.ofMillis(200),
    Duration.ofMillis(300),
    Duration.ofMillis(400),
    Duration.ofMillis(500),
    Duration.ofMillis(750),
    Duration.ofMillis(1000),
    Duration.ofMillis(2500)
  };

  private final MeterRegistry registry;
  private final Map<Which, Timer> timers = new ConcurrentHashMap<>();
  private final Map<Which, DistributionSummary> summaries = new ConcurrentHashMap<>();

  TraceMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Counts what a sink of traces did not take. */
  void dropped(String sink, LongSupplier count) {
    FunctionCounter.builder("slipway.traces.dropped", count, LongSupplier::getAsLong)
        .tag("sink", sink)
        .register(registry);
  }

  @Override
  public void record(Trace trace) {
    registry
        .counter("slipway.answers", "route", trace.route(), "outcome", trace.error().orElse("ok"))
        .increment();
    for (Trace.Step step : trace.steps()) {
      timer("slipway.step.duration", Tags.of("step", step.name()), step.time());
    }
    trace.step("generate").ifPresent(chat -> chat(trace, chat));
    trace
        .step("embed")
        .ifPresent(
            embed ->
                timer(
                    "gen_ai.client.operation.duration",
                    tags("embeddings", "slipway", "").and("error_type", ""),
                    embed.time()));
  }

  private void chat(Trace trace, Trace.Step chat) {
    Tags tags = tags("chat", "aws.sagemaker", trace.model());
    timer(
        "gen_ai.client.operation.duration",
        tags.and("error_type", trace.error().orElse("")),
        chat.time());
    trace.promptTokens().ifPresent(tokens -> tokens(tags, "input", tokens));
    trace.completionTokens().ifPresent(tokens -> tokens(tags, "output", tokens));
    trace
        .step("first_token")
        .filter(first -> trace.error().isEmpty())
        .ifPresent(first -> streamed(trace, tags, chat, first));
  }

  private void streamed(Trace trace, Tags tags, Trace.Step chat, Trace.Step first) {
    timer("gen_ai.server.time_to_first_token", tags, first.time());
    int more = trace.completionTokens().orElse(0) - 1;
    if (more > 0) {
      Timer.builder("gen_ai.server.time_per_output_token")
          .tags(tags)
          .serviceLevelObjectives(PER_TOKEN)
          .register(registry)
          .record(chat.time().minus(first.time()).dividedBy(more));
    }
  }

  private static Tags tags(String operation, String provider, String model) {
    return Tags.of(
        "gen_ai_operation_name", operation,
        "gen_ai_provider_name", provider,
        "gen_ai_request_model", model);
  }

  private void timer(String name, Tags tags, Duration time) {
    timers
        .computeIfAbsent(
            new Which(name, tags),
            which ->
                Timer.builder(which.name())
                    .tags(which.tags())
                    .serviceLevelObjectives(ApiMetrics.BUCKETS)
                    .register(registry))
        .record(time);
  }

  /** Names what is measured; to look it up in the registry takes longer than to measure. */
  private record Which(String name, Tags tags) {}

  private void tokens(Tags tags, String type, int tokens) {
    summaries
        .computeIfAbsent(
            new Which("gen_ai.client.token.usage", tags.and("gen_ai_token_type", type)),
            which ->
                DistributionSummary.builder(which.name())
                    .tags(which.tags())
                    .serviceLevelObjectives(TOKENS)
                    .register(registry))
        .record(tokens);
  }
}
