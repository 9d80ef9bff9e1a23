package dev.slipway.api;

import dev.slipway.access.Scope;
import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceLog;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** {@code /traces}: what prompt monitoring keeps. Thread-safe. */
final class TraceRoutes {
  private static final int DEFAULT_LIMIT = 50;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  private final TraceLog traces;

  TraceRoutes(TraceLog traces) {
    this.traces = traces;
  }

  List<Route<?>> routes() {
    return List.of(
        Route.get("/traces", "listTraces", TraceListRequest.class)
            .summary("List the newest traces, newest first")
            .scope(Scope.TRACES)
            .answers(200, "The traces.", TraceList.class)
            .handledBy(
                call ->
                    Reply.Json.ok(
                        new TraceList(
                            traces.newest(call.input().limit().orElse(DEFAULT_LIMIT)).stream()
                                .map(TraceView::of)
                                .toList()))),
        Route.get("/traces/{id}", "getTrace", TraceRequest.class)
            .summary("Show one trace")
            .scope(Scope.TRACES)
            .answers(200, "The trace.", TraceView.class)
            .fails(404)
            .handledBy(call -> Reply.Json.ok(find(call.input().id()))));
  }

  private TraceView find(String id) {
    return Optional.of(id)
        .filter(given -> ID.matcher(given).matches())
        .flatMap(traces::find)
        .map(TraceView::of)
        .orElseThrow(() -> new Rejected(Problem.notFound()));
  }

  /** How many traces. */
  record TraceListRequest(
      @Field(
              value = "At most so many; 50 if left out.",
              in = Field.Place.QUERY,
              minimum = 1,
              maximum = 1000)
          OptionalInt limit) {}

  /** Which trace. */
  record TraceRequest(@Field(value = "The trace's id.", in = Field.Place.PATH) String id) {}

  /** Traces. */
  record TraceList(@Field("Newest first.") List<TraceView> traces) {}

  /** What prompt monitoring keeps of one question. */
  record TraceView(
      @Field("32 hexadecimal digits, as an OpenTelemetry trace id.") String id,
      @Field("The request's x-request-id.") String requestId,
      @Field("When the question came.") Instant started,
      @Field("The route that took it.") String route,
      String deployment,
      String model,
      @Field("The model's commit.") String revision,
      @Field("What was asked.") String query,
      @Field("What was found, best first.") List<RetrievedView> retrieved,
      @Field("The messages that the model got, as text.") String prompt,
      @Field("What the model said, as far as it came.") String answer,
      @Field(value = "Null where the container does not count.", nullable = true)
          OptionalInt promptTokens,
      @Field(value = "Null where the container does not count.", nullable = true)
          OptionalInt completionTokens,
      @Field(value = "Why the answer ended.", nullable = true) Optional<String> finishReason,
      @Field("Milliseconds that each step took.") Map<String, Double> timings,
      @Field("In the order in which they ended.") List<StepView> steps,
      @Field(value = "The code of what failed; null if nothing did.", nullable = true)
          Optional<String> error) {

    static TraceView of(Trace trace) {
      return new TraceView(
          trace.id(),
          trace.requestId(),
          trace.started(),
          trace.route(),
          trace.deployment(),
          trace.model(),
          trace.revision(),
          trace.query(),
          trace.retrieved().stream().map(hit -> new RetrievedView(hit.id(), hit.score())).toList(),
          trace.prompt(),
          trace.answer(),
          trace.promptTokens(),
          trace.completionTokens(),
          trace.finishReason(),
          Timings.of(trace.timings()),
          trace.steps().stream().map(StepView::of).toList(),
          trace.error());
    }
  }

  /** One step of an answer. */
  record StepView(
      String name,
      @Field("Milliseconds since the question came.") double start,
      @Field("Milliseconds that it took.") double time,
      @Field("What is worth knowing of it, such as how many passages it found.")
          Map<String, String> notes) {
    static StepView of(Trace.Step step) {
      return new StepView(
          step.name(), Timings.millis(step.start()), Timings.millis(step.time()), step.notes());
    }
  }

  /** A passage that was found. */
  record RetrievedView(
      @Field("The passage's stable name.") String id,
      @Field("As the search gave it.") double score) {}
}
