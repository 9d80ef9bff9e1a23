package dev.slipway.trace;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** Writes traces as the JSON that scripts and the service's clients read, in snake_case. */
public final class TraceJson {
  private static final JsonMapper JSON = new JsonMapper();

  private TraceJson() {}

  /**
   * Returns one trace: {@code id}, {@code request_id}, {@code started} (ISO 8601), {@code route},
   * {@code deployment}, {@code model}, {@code revision}, {@code query}, {@code retrieved} ({@code
   * id}, {@code score}), {@code prompt}, {@code answer}, {@code prompt_tokens}, {@code
   * completion_tokens}, {@code finish_reason}, {@code timings} (milliseconds), {@code steps}
   * ({@code name}, {@code start} and {@code time} in milliseconds, {@code notes}), {@code error},
   * {@code parent} (a {@code traceparent}), {@code tenant} and {@code feedback} ({@code name},
   * {@code score}, {@code comment}, {@code at}); null where the trace doesn't say.
   */
  public static ObjectNode of(Trace trace) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("id", trace.id())
            .put("request_id", trace.requestId())
            .put("started", trace.started().toString())
            .put("route", trace.route())
            .put("deployment", trace.deployment())
            .put("model", trace.model())
            .put("revision", trace.revision())
            .put("query", trace.query());
    node.set("retrieved", retrieved(trace.retrieved()));
    node.put("prompt", trace.prompt()).put("answer", trace.answer());
    put(node, "prompt_tokens", trace.promptTokens());
    put(node, "completion_tokens", trace.completionTokens());
    node.put("finish_reason", trace.finishReason().orElse(null));
    node.set("timings", timings(trace.timings()));
    node.set("steps", steps(trace.steps()));
    node.put("error", trace.error().orElse(null));
    node.put("parent", trace.parent().map(TraceParent::header).orElse(null));
    node.put("tenant", trace.tenant().orElse(null));
    node.set("feedback", feedback(trace.feedback()));
    return node;
  }

  /** Returns a list of traces, in their order. */
  public static ArrayNode of(List<Trace> traces) {
    ArrayNode array = JSON.createArrayNode();
    traces.forEach(trace -> array.add(of(trace)));
    return array;
  }

  private static ArrayNode retrieved(List<Trace.Retrieved> retrieved) {
    ArrayNode array = JSON.createArrayNode();
    retrieved.forEach(hit -> array.addObject().put("id", hit.id()).put("score", hit.score()));
    return array;
  }

  private static ObjectNode timings(Map<String, Duration> timings) {
    ObjectNode node = JSON.createObjectNode();
    timings.forEach((step, time) -> node.put(step, millis(time)));
    return node;
  }

  private static ArrayNode steps(List<Trace.Step> steps) {
    ArrayNode array = JSON.createArrayNode();
    for (Trace.Step step : steps) {
      ObjectNode node =
          array
              .addObject()
              .put("name", step.name())
              .put("start", millis(step.start()))
              .put("time", millis(step.time()));
      ObjectNode notes = node.putObject("notes");
      step.notes().forEach(notes::put);
    }
    return array;
  }

  private static ArrayNode feedback(List<Feedback> judgements) {
    ArrayNode array = JSON.createArrayNode();
    for (Feedback judgement : judgements) {
      array
          .addObject()
          .put("name", judgement.name())
          .put("score", judgement.score())
          .put("comment", judgement.comment().orElse(null))
          .put("at", judgement.at().toString());
    }
    return array;
  }

  private static double millis(Duration time) {
    return TimeUnit.NANOSECONDS.toMicros(time.toNanos()) / 1_000.0;
  }

  private static void put(ObjectNode node, String name, OptionalInt value) {
    if (value.isPresent()) {
      node.put(name, value.getAsInt());
    } else {
      node.putNull(name);
    }
  }
}
