package dev.slipway.api;

import dev.slipway.access.Scope;
import dev.slipway.trace.Feedback;
import dev.slipway.trace.FeedbackRecorder;
import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceLog;
import dev.slipway.trace.TracePage;
import dev.slipway.trace.TraceParent;
import dev.slipway.trace.TraceQuery;
import java.time.Instant;
import java.time.InstantSource;
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
  private final FeedbackRecorder feedback;
  private final ApiMetrics metrics;
  private final InstantSource clock;

  TraceRoutes(TraceLog traces, FeedbackRecorder feedback, ApiMetrics metrics, InstantSource clock) {
    this.traces = traces;
    this.feedback = feedback;
    this.metrics = metrics;
    this.clock = clock;
  }

  List<Route<?>> routes() {
    return List.of(
        Route.get("/traces", "listTraces", TraceListRequest.class)
            .summary("List traces, newest first; a browser gets a page")
            .scope(Scope.TRACES)
            .answers(200, "The traces.", TraceList.class)
            .answers(200, "To a browser, the monitor.", "text/html")
            .handledBy(this::list),
        Route.get("/traces/{id}", "getTrace", TraceRequest.class)
            .summary("Show one trace; a browser gets a page")
            .scope(Scope.TRACES)
            .answers(200, "The trace.", TraceView.class)
            .answers(200, "To a browser, its page.", "text/html")
            .fails(404)
            .handledBy(call -> json(TraceView.of(find(call.input().id(), call.caller().tenant())))),
        Route.post("/traces/{id}/feedback", "giveFeedback", FeedbackRequest.class)
            .summary("Say what an answer was worth, in the place of what that name said before")
            .answers(201, "What is kept.", FeedbackView.class)
            .fails(404)
            .handledBy(this::judge));
  }

  private Reply list(Call<TraceListRequest> call) {
    TraceListRequest input = call.input();
    TracePage page =
        traces.page(
            new TraceQuery(
                input.q(),
                input.route(),
                input.revision(),
                input.error().map(Boolean::parseBoolean),
                input.since(),
                call.caller().tenant(),
                input.limit().orElse(DEFAULT_LIMIT),
                input.cursor().map(TraceRoutes::cursor)));
    return json(
        new TraceList(
            page.traces().stream().map(TraceView::of).toList(),
            page.next().map(TraceQuery.Cursor::text),
            traces.revisions()));
  }

  private static TraceQuery.Cursor cursor(String text) {
    return TraceQuery.Cursor.parse(text)
        .orElseThrow(
            () ->
                new Invalid(
                    List.of(
                        Violation.of(
                            List.of(
                                new Violation.Step.Key("query"), new Violation.Step.Key("cursor")),
                            "value_error",
                            "Value error, give the next of the page before"))));
  }

  private Reply judge(Call<FeedbackRequest> call) {
    FeedbackRequest input = call.input();
    Trace trace = find(input.id(), call.caller().tenant());
    Feedback given =
        new Feedback(
            input.name().orElse("user"),
            input.score(),
            input.comment().map(String::strip).filter(comment -> !comment.isEmpty()),
            clock.instant());
    feedback.record(trace, given);
    metrics.judged(given.score());
    return new Reply.Json(201, FeedbackView.of(given), Map.of());
  }

  /** Another tenant's trace is as good as none. */
  private Trace find(String id, Optional<String> tenant) {
    return Optional.of(id)
        .filter(given -> ID.matcher(given).matches())
        .flatMap(traces::find)
        .filter(trace -> tenant.isEmpty() || trace.tenant().equals(tenant))
        .orElseThrow(() -> new Rejected(Problem.notFound()));
  }

  /** Browsers get a page of the same address: caches must not take one for the other. */
  private static Reply json(Record body) {
    return new Reply.Json(200, body, Map.of("Vary", "Accept"));
  }

  /** Which traces. */
  record TraceListRequest(
      @Field(
              value = "At most so many; 50 if left out.",
              in = Field.Place.QUERY,
              minimum = 1,
              maximum = 1000)
          OptionalInt limit,
      @Field(
              value = "In the question, the answer, or the id of the trace or its request.",
              in = Field.Place.QUERY,
              minLength = 1,
              maxLength = 200)
          Optional<String> q,
      @Field(value = "The route that took the question.", in = Field.Place.QUERY)
          Optional<String> route,
      @Field(value = "The model's commit, or how it begins.", in = Field.Place.QUERY)
          Optional<String> revision,
      @Field(
              value = "true for failed questions only, false for answered ones only.",
              in = Field.Place.QUERY,
              oneOf = {"true", "false"})
          Optional<String> error,
      @Field(value = "The earliest start.", in = Field.Place.QUERY) Optional<Instant> since,
      @Field(value = "The next of the page before.", in = Field.Place.QUERY)
          Optional<String> cursor) {}

  /** Which trace. */
  record TraceRequest(@Field(value = "The trace's id.", in = Field.Place.PATH) String id) {}

  /** Traces. */
  record TraceList(
      @Field("Newest first.") List<TraceView> traces,
      @Field(value = "The cursor of the next page; null if this is the last.", nullable = true)
          Optional<String> next,
      @Field("Of all traces there are: the model's commits, the one last asked first.")
          List<String> revisions) {}

  /** What is thought of an answer. */
  record FeedbackRequest(
      @Field(value = "The trace's id.", in = Field.Place.PATH) String id,
      @Field(
              value = "From -1, bad, to 1, good; thumbs are the ends.",
              minimum = -1,
              maximum = 1,
              example = "1")
          double score,
      @Field(value = "In the judge's words.", maxLength = 2000) Optional<String> comment,
      @Field(
              value = "What is judged; user if left out. A later judgement replaces its namesake.",
              minLength = 1,
              maxLength = 64)
          Optional<String> name) {}

  /** What was thought of an answer. */
  record FeedbackView(
      @Field("What is judged.") String name,
      @Field("From -1, bad, to 1, good.") double score,
      @Field(value = "In the judge's words.", nullable = true) Optional<String> comment,
      @Field("When it was given.") Instant at) {
    static FeedbackView of(Feedback feedback) {
      return new FeedbackView(feedback.name(), feedback.score(), feedback.comment(), feedback.at());
    }
  }

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
          Optional<String> error,
      @Field(value = "The caller's span, as a traceparent header.", nullable = true)
          Optional<String> parent,
      @Field("What was thought of the answer since, oldest first.") List<FeedbackView> feedback) {

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
          trace.error(),
          trace.parent().map(TraceParent::header),
          trace.feedback().stream().map(FeedbackView::of).toList());
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
