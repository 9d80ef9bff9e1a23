package dev.slipway.trace.otlp;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.trace.Feedback;
import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceParent;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells a trace as spans with the names of OpenTelemetry's conventions for generative AI, and the
 * span kinds of OpenInference, which Phoenix sorts by: one for the request, and below it one for
 * each step. Immutable.
 *
 * <p>Ids follow from the trace's own, so that feedback finds its request later.
 */
final class TraceSpans {
  /** Not one of the convention's well-known names: it has none for SageMaker. */
  static final String PROVIDER = "aws.sagemaker";

  private static final String OWN_PROVIDER = "slipway";
  private static final JsonMapper JSON = new JsonMapper();

  private final Resource resource;
  private final String embedder;
  private final boolean content;

  /**
   * Makes one.
   *
   * @param embedder the embedding model's name
   * @param content whether spans carry what was asked, read and said
   */
  TraceSpans(Resource resource, String embedder, boolean content) {
    this.resource = resource;
    this.embedder = embedder;
    this.content = content;
  }

  /** Returns the request's span, then its steps'. */
  List<SpanData> of(Trace trace) {
    List<SpanData> spans = new ArrayList<>();
    spans.add(request(trace));
    boolean searched = trace.step("search").isPresent();
    int number = 0;
    for (Trace.Step step : trace.steps()) {
      number++;
      switch (step.name()) {
        case "total", "first_token" -> {
          // The request's own time, and an event of the chat.
        }
        case "embed" -> spans.add(step(trace, step, number, "embeddings " + embedder, embed()));
        case "search" -> spans.add(step(trace, step, number, "retrieval", search(trace)));
        case "generate" -> spans.add(chat(trace, step, number));
        case "rerank" -> spans.add(step(trace, step, number, step.name(), kind("RERANKER")));
        default ->
            spans.add(
                step(
                    trace,
                    step,
                    number,
                    step.name(),
                    !searched && step.name().equals("retrieve") ? search(trace) : kind("CHAIN")));
      }
    }
    return spans;
  }

  /** Returns a span, within the trace's own, that says what was thought of the answer. */
  SpanData of(Trace trace, Feedback feedback) {
    AttributesBuilder evaluation =
        Attributes.builder()
            .put("gen_ai.evaluation.name", feedback.name())
            .put("gen_ai.evaluation.score.value", feedback.score())
            .put(
                "gen_ai.evaluation.score.label",
                feedback.score() > 0 ? "positive" : feedback.score() < 0 ? "negative" : "neutral");
    if (content) {
      feedback.comment().ifPresent(text -> evaluation.put("gen_ai.evaluation.explanation", text));
    }
    Attributes attributes = evaluation.build();
    long at = nanos(feedback.at());
    return new FinishedSpan(
        "feedback " + feedback.name(),
        SpanKind.INTERNAL,
        context(trace, spanId(trace, feedback.name().hashCode() ^ at)),
        context(trace, requestSpan(trace)),
        StatusData.unset(),
        at,
        at,
        attributes.toBuilder().put("openinference.span.kind", "EVALUATOR").build(),
        List.of(EventData.create(at, "gen_ai.evaluation.result", attributes)),
        resource);
  }

  private SpanData request(Trace trace) {
    AttributesBuilder attributes =
        kind("CHAIN")
            .put("http.request.method", "POST")
            .put("http.route", trace.route())
            .put("slipway.trace.id", trace.id())
            .put("slipway.request.id", trace.requestId())
            .put("slipway.revision", trace.revision());
    trace.tenant().ifPresent(tenant -> attributes.put("slipway.tenant", tenant));
    trace.error().ifPresent(code -> attributes.put("error.type", code));
    if (content) {
      attributes.put("input.value", trace.query()).put("output.value", trace.answer());
    }
    Duration whole =
        trace.steps().stream()
            .map(step -> step.start().plus(step.time()))
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    return new FinishedSpan(
        "POST " + trace.route(),
        SpanKind.SERVER,
        context(trace, requestSpan(trace)),
        trace.parent().map(TraceSpans::remote).orElse(SpanContext.getInvalid()),
        status(trace),
        nanos(trace.started()),
        nanos(trace.started()) + whole.toNanos(),
        attributes.build(),
        List.of(),
        resource);
  }

  private SpanData chat(Trace trace, Trace.Step step, int number) {
    AttributesBuilder attributes =
        kind("LLM")
            .put("gen_ai.operation.name", "chat")
            .put("gen_ai.provider.name", PROVIDER)
            .put("gen_ai.request.model", trace.model())
            .put("gen_ai.response.model", trace.model());
    List<EventData> events = new ArrayList<>();
    Optional<Trace.Step> first = trace.step("first_token");
    attributes.put("gen_ai.request.stream", first.isPresent());
    first.ifPresent(
        token -> {
          attributes.put("gen_ai.response.time_to_first_chunk", token.time().toNanos() / 1e9);
          long at = nanos(trace.started()) + token.start().plus(token.time()).toNanos();
          events.add(EventData.create(at, "first_token", Attributes.empty()));
        });
    trace.promptTokens().ifPresent(n -> attributes.put("gen_ai.usage.input_tokens", (long) n));
    trace.completionTokens().ifPresent(n -> attributes.put("gen_ai.usage.output_tokens", (long) n));
    trace
        .finishReason()
        .ifPresent(
            reason ->
                attributes.put(
                    AttributeKey.stringArrayKey("gen_ai.response.finish_reasons"),
                    List.of(reason)));
    trace.error().ifPresent(code -> attributes.put("error.type", code));
    if (content) {
      attributes
          .put("gen_ai.input.messages", message("user", trace.prompt(), Optional.empty()))
          .put(
              "gen_ai.output.messages", message("assistant", trace.answer(), trace.finishReason()));
    }
    return span(
        trace,
        step,
        number,
        "chat " + trace.model(),
        SpanKind.CLIENT,
        status(trace),
        attributes,
        events);
  }

  private AttributesBuilder embed() {
    return kind("EMBEDDING")
        .put("gen_ai.operation.name", "embeddings")
        .put("gen_ai.provider.name", OWN_PROVIDER)
        .put("gen_ai.request.model", embedder);
  }

  private AttributesBuilder search(Trace trace) {
    AttributesBuilder attributes =
        kind("RETRIEVER")
            .put("gen_ai.operation.name", "retrieval")
            .put("gen_ai.provider.name", OWN_PROVIDER)
            .put("gen_ai.retrieval.documents", documents(trace));
    int number = 0;
    for (Trace.Retrieved hit : trace.retrieved()) {
      String document = "retrieval.documents." + number++ + ".document.";
      attributes.put(document + "id", hit.id()).put(document + "score", hit.score());
    }
    if (content) {
      attributes.put("gen_ai.retrieval.query.text", trace.query());
    }
    return attributes;
  }

  private SpanData step(
      Trace trace, Trace.Step step, int number, String name, AttributesBuilder attributes) {
    return span(
        trace, step, number, name, SpanKind.INTERNAL, StatusData.unset(), attributes, List.of());
  }

  private SpanData span(
      Trace trace,
      Trace.Step step,
      int number,
      String name,
      SpanKind kind,
      StatusData status,
      AttributesBuilder attributes,
      List<EventData> events) {
    attributes.put("slipway.step", step.name());
    if (content) {
      step.notes().forEach((what, value) -> attributes.put("slipway.note." + what, value));
    }
    long start = nanos(trace.started()) + step.start().toNanos();
    return new FinishedSpan(
        name,
        kind,
        context(trace, spanId(trace, number)),
        context(trace, requestSpan(trace)),
        status,
        start,
        start + step.time().toNanos(),
        attributes.build(),
        events,
        resource);
  }

  private static AttributesBuilder kind(String openInference) {
    return Attributes.builder().put("openinference.span.kind", openInference);
  }

  private static StatusData status(Trace trace) {
    // Who leaves before the end is no fault of the service.
    return trace.error().isPresent() && !trace.error().get().equals("client_gone")
        ? StatusData.error()
        : StatusData.unset();
  }

  private static String documents(Trace trace) {
    ArrayNode documents = JSON.createArrayNode();
    trace
        .retrieved()
        .forEach(hit -> documents.addObject().put("id", hit.id()).put("score", hit.score()));
    return documents.toString();
  }

  private static String message(String role, String text, Optional<String> finishReason) {
    ArrayNode messages = JSON.createArrayNode();
    ObjectNode message = messages.addObject().put("role", role);
    message.putArray("parts").addObject().put("type", "text").put("content", text);
    finishReason.ifPresent(reason -> message.put("finish_reason", reason));
    return messages.toString();
  }

  private static SpanContext context(Trace trace, String spanId) {
    return SpanContext.create(
        trace.parent().map(TraceParent::traceId).orElse(trace.id()),
        spanId,
        TraceFlags.getSampled(),
        TraceState.getDefault());
  }

  private static SpanContext remote(TraceParent parent) {
    return SpanContext.createFromRemoteParent(
        parent.traceId(),
        parent.spanId(),
        parent.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
        TraceState.getDefault());
  }

  private static String requestSpan(Trace trace) {
    return spanId(trace, 0);
  }

  /**
   * Mixes a number into the trace's own id, so that equal numbers give equal ids, and none is 0.
   */
  private static String spanId(Trace trace, long number) {
    long mixed = Long.parseUnsignedLong(trace.id().substring(16), 16);
    mixed ^= number * 0x9E3779B97F4A7C15L;
    return "%016x".formatted(mixed == 0 ? 1 : mixed);
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }
}
