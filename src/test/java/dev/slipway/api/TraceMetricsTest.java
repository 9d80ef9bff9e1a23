package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TraceMetricsTest {
  private static final String ID = "a".repeat(32);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final TraceMetrics metrics = new TraceMetrics(registry);
  private final AtomicLong now = new AtomicLong();
  private final AtomicReference<Optional<String>> known = new AtomicReference<>(Optional.empty());
  private final EndpointHealth health = new EndpointHealth(known::get, registry, now::get);

  @Test
  void tracesAreCountedInTheNamesOfTheConventions() {
    metrics.record(MonitoringTest.trace(ID, Optional.empty()));
    metrics.record(MonitoringTest.trace(ID, Optional.of("endpoint_timeout")));
    metrics.dropped("export", () -> 3);

    String chat =
        "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"aws.sagemaker\","
            + "gen_ai_request_model=\"chat\"";
    assertThat(registry.scrape())
        .contains(
            "gen_ai_client_operation_duration_seconds_count{error_type=\"\"," + chat + "} 1",
            "gen_ai_client_token_usage_sum{" + chat + ",gen_ai_token_type=\"input\"} 60.0",
            "gen_ai_client_token_usage_bucket{"
                + chat
                + ",gen_ai_token_type=\"output\",le=\"16.0\"",
            "gen_ai_server_time_to_first_token_seconds_sum{" + chat + "} 0.08",
            "gen_ai_server_time_per_output_token_seconds_sum{" + chat + "} 0.02",
            "slipway_step_duration_seconds_count{step=\"generate\"} 2",
            "slipway_answers_total{outcome=\"endpoint_timeout\",route=\"/rag\"} 1.0",
            "slipway_traces_dropped_total{sink=\"export\"} 3.0");
  }

  @Test
  void aSleepingEndpointIsNoBrokenOne() {
    health.record(MonitoringTest.trace(ID, Optional.of("endpoint_not_ready")));
    assertThat(health.check().state()).isEqualTo(Readiness.State.SLEEPING);
    assertThat(health.check().passed()).isTrue();
    assertThat(registry.scrape()).contains("slipway_endpoint_state{state=\"sleeping\"} 1.0");

    for (int i = 0; i < EndpointHealth.FAILURES; i++) {
      assertThat(health.check().passed()).as("%d failures may be chance", i).isTrue();
      health.record(MonitoringTest.trace(ID, Optional.of("endpoint_unavailable")));
    }
    assertThat(health.check().state()).isEqualTo(Readiness.State.BROKEN);
    assertThat(health.check().passed()).isFalse();

    now.addAndGet(EndpointHealth.VALID.plus(Duration.ofSeconds(1)).toNanos());
    assertThat(health.check().passed()).as("the next question finds out").isTrue();
    known.set(Optional.of("Creating"));
    assertThat(health.check().state()).isEqualTo(Readiness.State.NOT_READY);
    known.set(Optional.empty());
    health.record(MonitoringTest.trace(ID, Optional.empty()));
    assertThat(health.check().state()).isEqualTo(Readiness.State.READY);
  }

  /** What a caller can bring about must not take the service away from others. */
  @Test
  void noQuestionMakesTheEndpointLookBroken() {
    for (int i = 0; i < 10; i++) {
      health.record(MonitoringTest.trace(ID, Optional.of("endpoint_model_error")));
      health.record(MonitoringTest.trace(ID, Optional.of("endpoint_invalid_request")));
    }

    assertThat(health.check().state()).isEqualTo(Readiness.State.READY);
  }

  @Test
  void everyQueryOfTheDashboardNamesAMetricThatIsThere() throws IOException {
    ApiMetrics service = new ApiMetrics(registry);
    service.requestBegins();
    service.requestEnds("POST", "/rag", 200, Duration.ofMillis(3));
    service.rejected(ApiMetrics.Rejection.RATE);
    service.judged(1);
    metrics.record(MonitoringTest.trace(ID, Optional.empty()));
    metrics.dropped("store", () -> 0);
    Set<String> there =
        registry
            .scrape()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.replaceAll("[{ ].*", ""))
            .collect(Collectors.toSet());

    JsonNode dashboard =
        new JsonMapper().readTree(Path.of("../templates/grafana/slipway.json").toFile());
    Set<String> named = new TreeSet<>();
    Pattern metric =
        Pattern.compile("\\b((?:slipway|gen_ai|http|jvm|process)_[a-z_]+)\\b(?=[{\\[ )]|$)");
    for (String query : dashboard.findValuesAsText("expr")) {
      var found = metric.matcher(query.replaceAll("by \\([^)]*\\)", ""));
      assertThat(found.find()).as(query).isTrue();
      do {
        named.add(found.group(1));
      } while (found.find());
    }

    assertThat(named).hasSizeGreaterThan(8);
    assertThat(there).containsAll(named);
  }
}
