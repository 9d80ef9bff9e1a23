package dev.slipway.trace.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.Eventually;
import dev.slipway.trace.Feedback;
import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceParent;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OtlpTracesTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final Instant STARTED = Instant.parse("2026-01-02T03:04:05.000001Z");
  private static final OtlpTraces.Identity SERVICE =
      new OtlpTraces.Identity("llm-twin", "prod", "1.2.3", "c0ffee", "bge");

  private final Collector collector;

  OtlpTracesTest() throws IOException {
    collector = new Collector();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private static Trace trace(Optional<String> error) {
    return new Trace(
        ID,
        "r-1",
        STARTED,
        "/rag",
        "llm-twin",
        "chat",
        "c0ffee",
        "Why a secret?",
        List.of(new Trace.Retrieved("p-1", 0.5)),
        "user: secret",
        "A secret.",
        OptionalInt.of(30),
        OptionalInt.of(4),
        Optional.of("stop"),
        List.of(
            step("embed", 0, 10),
            new Trace.Step(
                "search", Duration.ofMillis(10), Duration.ofMillis(5), Map.of("q", "secret")),
            step("prompt", 15, 1),
            step("first_token", 16, 100),
            step("generate", 16, 400),
            step("total", 0, 420)),
        error);
  }

  private static Trace.Step step(String name, int start, int millis) {
    return new Trace.Step(name, Duration.ofMillis(start), Duration.ofMillis(millis), Map.of());
  }

  private OtlpTraces start(boolean content, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.putIfAbsent("OTEL_BSP_SCHEDULE_DELAY", "10");
    return OtlpTraces.start(
        OtlpSettings.of(Optional.of(collector.base()), environment).orElseThrow(),
        SERVICE,
        content);
  }

  private void arrived(String name) {
    Eventually.holds(
        name + " arrived",
        Duration.ofSeconds(30),
        () -> collector.spans().stream().anyMatch(span -> span.getName().equals(name)));
  }

  @Test
  void aTraceBecomesSpansOfTheConventions() {
    try (OtlpTraces traces =
        start(
            false,
            Map.of(
                "OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20k",
                "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip",
                "OTEL_RESOURCE_ATTRIBUTES", "team=a"))) {
      traces.record(trace(Optional.empty()));
      arrived("chat chat");
    }

    assertThat(collector.headers.getFirst())
        .containsEntry("Authorization", "Bearer k")
        .containsEntry("Content-type", "application/x-protobuf");
    assertThat(collector.resource())
        .containsEntry("service.name", "llm-twin")
        .containsEntry("deployment.environment.name", "prod")
        .containsEntry("slipway.revision", "c0ffee")
        .containsEntry("team", "a");
    assertThat(collector.spans())
        .extracting(Span::getName)
        .containsExactly("POST /rag", "embeddings bge", "retrieval", "prompt", "chat chat");
    Span request = collector.span("POST /rag");
    assertThat(Collector.hex(request.getTraceId())).isEqualTo(ID);
    assertThat(request.getParentSpanId().isEmpty()).isTrue();
    assertThat(request.getEndTimeUnixNano() - request.getStartTimeUnixNano())
        .isEqualTo(420_000_000);
    Span chat = collector.span("chat chat");
    assertThat(chat.getParentSpanId()).isEqualTo(request.getSpanId());
    assertThat(chat.getStartTimeUnixNano()).isEqualTo(request.getStartTimeUnixNano() + 16_000_000);
    assertThat(Collector.texts(chat.getAttributesList()))
        .containsEntry("gen_ai.operation.name", "chat")
        .containsEntry("gen_ai.provider.name", "aws.sagemaker")
        .containsEntry("gen_ai.usage.input_tokens", "30")
        .containsEntry("gen_ai.usage.output_tokens", "4")
        .containsEntry("gen_ai.response.time_to_first_chunk", "0.1")
        .containsEntry("gen_ai.response.finish_reasons", "[stop]");
    assertThat(Collector.texts(collector.span("retrieval").getAttributesList()))
        .containsEntry("gen_ai.retrieval.documents", "[{\"id\":\"p-1\",\"score\":0.5}]");
    assertThat(collector.spans()).extracting(Span::getSpanId).doesNotHaveDuplicates();
  }

  @Test
  void contentStaysAtHomeUnlessItIsAskedFor() {
    Feedback feedback = new Feedback("user", -1, Optional.of("a secret too"), STARTED);
    try (OtlpTraces traces = start(false, Map.of())) {
      traces.record(trace(Optional.empty()));
      traces.record(trace(Optional.empty()), feedback);
      arrived("feedback user");
    }
    assertThat(collector.requests.toString()).doesNotContain("secret").contains("p-1");
    collector.requests.clear();

    try (OtlpTraces traces = start(true, Map.of())) {
      traces.record(trace(Optional.empty()));
      traces.record(trace(Optional.empty()), feedback);
      arrived("feedback user");
    }
    assertThat(Collector.texts(collector.span("chat chat").getAttributesList()))
        .containsEntry(
            "gen_ai.input.messages",
            "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"user: secret\"}]}]");
    assertThat(collector.requests.toString()).contains("a secret too", "Why a secret?");
  }

  @Test
  void aCallersSpanIsTheParentAndItsDecisionHolds() {
    TraceParent parent = new TraceParent("c".repeat(32), "d".repeat(16), true);
    TraceParent silent = new TraceParent("e".repeat(32), "d".repeat(16), false);
    try (OtlpTraces traces = start(false, Map.of())) {
      traces.record(trace(Optional.empty()).of(Optional.of(silent), Optional.empty()));
      traces.record(trace(Optional.empty()).of(Optional.of(parent), Optional.of("acme")));
      arrived("POST /rag");
    }

    Span request = collector.span("POST /rag");
    assertThat(Collector.hex(request.getTraceId())).isEqualTo(parent.traceId());
    assertThat(Collector.hex(request.getParentSpanId())).isEqualTo(parent.spanId());
    assertThat(collector.requests.toString()).doesNotContain("eeee");
    assertThat(Collector.texts(request.getAttributesList()))
        .containsEntry("slipway.tenant", "acme");
  }

  @Test
  void feedbackIsAnEvaluationWithinTheSpanOfItsRequest() {
    try (OtlpTraces traces = start(false, Map.of())) {
      traces.record(trace(Optional.empty()));
      traces.record(trace(Optional.empty()), new Feedback("user", 0.5, Optional.empty(), STARTED));
      arrived("feedback user");
    }

    Span feedback = collector.span("feedback user");
    assertThat(feedback.getParentSpanId()).isEqualTo(collector.span("POST /rag").getSpanId());
    assertThat(feedback.getEvents(0).getName()).isEqualTo("gen_ai.evaluation.result");
    assertThat(Collector.texts(feedback.getEvents(0).getAttributesList()))
        .containsEntry("gen_ai.evaluation.name", "user")
        .containsEntry("gen_ai.evaluation.score.value", "0.5");
  }

  @Test
  void aFailureIsAnErrorAndALeavingClientIsNone() {
    try (OtlpTraces traces = start(false, Map.of())) {
      traces.record(trace(Optional.of("endpoint_timeout")));
      arrived("POST /rag");
    }
    assertThat(collector.span("POST /rag").getStatus().getCode())
        .isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(Collector.texts(collector.span("chat chat").getAttributesList()))
        .containsEntry("error.type", "endpoint_timeout");
    collector.requests.clear();

    try (OtlpTraces traces = start(false, Map.of())) {
      traces.record(trace(Optional.of("client_gone")));
      arrived("POST /rag");
    }
    assertThat(collector.span("POST /rag").getStatus().getCode())
        .isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
  }

  @Test
  void aCollectorThatRefusesOrIsGoneCostsTracesAndNoTime() {
    collector.status = 400;
    try (OtlpTraces traces = start(false, Map.of())) {
      traces.record(trace(Optional.empty()));
      Eventually.holds(
          "the refused is counted", Duration.ofSeconds(30), () -> traces.dropped() == 1);
    }
    OtlpSettings nowhere =
        OtlpSettings.of(
                Optional.of(URI.create("http://127.0.0.1:9")),
                Map.of("OTEL_BSP_MAX_QUEUE_SIZE", "5", "OTEL_EXPORTER_OTLP_TIMEOUT", "200"))
            .orElseThrow();
    try (OtlpTraces traces = OtlpTraces.start(nowhere, SERVICE, false)) {
      long began = System.nanoTime();
      for (int i = 0; i < 1_000; i++) {
        traces.record(trace(Optional.empty()));
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
      assertThat(traces.dropped()).isGreaterThan(900);
    }
  }
}
