package dev.slipway.rag;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.ChatModel.Message;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.Failure;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.trace.Trace;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Notes what becomes of one question while it is answered. Steps may be noted from any thread, the
 * rest from the question's.
 */
final class AnswerTrace implements Steps {
  /** The code of an answer that its reader did not wait for. */
  static final String CLIENT_GONE = "client_gone";

  private static final String TOTAL = "total";
  private static final String INTERNAL = "internal";

  private final String id = UUID.randomUUID().toString().replace("-", "");
  private final long startedNanos = System.nanoTime();
  private final Instant started;
  private final Answerer.Question question;
  private final AnswerSettings settings;
  private final Map<String, Trace.Step> steps = new LinkedHashMap<>();
  private String model;
  private String query = "";
  private List<Hit> retrieved = List.of();
  private String prompt = "";
  private Supplier<String> answer = () -> "";
  private Optional<ChatModel.Usage> usage = Optional.empty();
  private Optional<ChatModel.FinishReason> finishReason = Optional.empty();
  private Optional<String> error = Optional.empty();
  private boolean readerLeft;

  AnswerTrace(Answerer.Question question, AnswerSettings settings, Instant started) {
    this.question = question;
    this.settings = settings;
    this.started = started;
    this.model = settings.model();
    for (Message message : question.messages()) {
      query = message.role() == ChatModel.Role.USER ? message.content() : query;
    }
  }

  String id() {
    return id;
  }

  @Override
  public <T> T timed(String step, Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      timedSince(step, start);
    }
  }

  @Override
  public synchronized void note(String step, String what, String value) {
    steps.computeIfAbsent(step, name -> step(name, startedNanos, startedNanos));
    steps.computeIfPresent(
        step,
        (_, known) -> {
          Map<String, String> notes = new LinkedHashMap<>(known.notes());
          notes.put(what, value);
          return new Trace.Step(known.name(), known.start(), known.time(), notes);
        });
  }

  /** Notes a step that began then and ends now. */
  synchronized void timedSince(String name, long startNanos) {
    Trace.Step timed = step(name, startNanos, System.nanoTime());
    steps.merge(
        name,
        timed,
        (known, _) -> new Trace.Step(name, timed.start(), timed.time(), known.notes()));
  }

  private Trace.Step step(String name, long from, long to) {
    return new Trace.Step(
        name, Duration.ofNanos(from - startedNanos), Duration.ofNanos(to - from), Map.of());
  }

  /** Runs what calls the reader: what fails there means that the reader is gone. */
  void telling(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException gone) {
      readerLeft = true;
      throw gone;
    }
  }

  void retrieved(List<Hit> hits) {
    retrieved = hits;
  }

  void prompt(List<Message> messages) {
    prompt =
        messages.stream()
            .map(m -> m.role().name().toLowerCase(Locale.ROOT) + ": " + m.content())
            .collect(Collectors.joining("\n\n"));
  }

  /** Says where the answer can be read, as far as it came. */
  void answerFrom(Supplier<String> text) {
    answer = text;
  }

  void ended(ChatModel.Reply reply) {
    usage = reply.usage();
    finishReason = reply.finishReason();
    reply.endpoint().map(EndpointName::value).ifPresent(this::answeredBy);
  }

  private void answeredBy(String endpoint) {
    model = endpoint;
    note("generate", "endpoint", endpoint);
  }

  void failed(Throwable thrown) {
    error =
        Optional.of(
            readerLeft
                ? CLIENT_GONE
                : thrown instanceof Failure failure ? failure.code() : INTERNAL);
  }

  /** Notes the total; returns all times in the order of the steps. */
  synchronized Map<String, Duration> timings() {
    timedSince(TOTAL, startedNanos);
    Map<String, Duration> timings = new LinkedHashMap<>();
    steps.values().forEach(step -> timings.put(step.name(), step.time()));
    return timings;
  }

  synchronized Trace trace() {
    if (!steps.containsKey(TOTAL)) {
      timedSince(TOTAL, startedNanos);
    }
    return new Trace(
            id,
            question.requestId(),
            started,
            question.route(),
            settings.deployment(),
            model,
            settings.revision(),
            query,
            retrieved.stream()
                .map(hit -> new Trace.Retrieved(hit.passage().id(), hit.score()))
                .toList(),
            prompt,
            answer.get(),
            usage.map(u -> OptionalInt.of(u.promptTokens())).orElse(OptionalInt.empty()),
            usage.map(u -> OptionalInt.of(u.completionTokens())).orElse(OptionalInt.empty()),
            finishReason.map(reason -> reason.name().toLowerCase(Locale.ROOT)),
            List.copyOf(steps.values()),
            error)
        .of(question.parent(), question.tenant());
  }
}
