package dev.slipway.trace;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What prompt monitoring keeps of one question.
 *
 * @param id 32 hexadecimal digits, as an OpenTelemetry trace id
 * @param requestId the caller's or the service's {@code x-request-id}
 * @param started when the question came
 * @param route the HTTP route that took it
 * @param deployment the deployment's name
 * @param model the model's name at the endpoint
 * @param revision the model's commit
 * @param query what was asked
 * @param retrieved what was found, best first; empty where nothing was looked for
 * @param prompt the messages that the model got, as text
 * @param answer what the model said, as far as it came
 * @param promptTokens by the model's own count
 * @param completionTokens by the model's own count
 * @param finishReason why the answer ended
 * @param steps in the order in which they ended; the last is {@code total}
 * @param error the code of what failed; absent if nothing did
 * @param parent the caller's span that the question belongs to
 * @param tenant whose question it is; absent where callers have none
 * @param feedback what was thought of the answer since, oldest first
 */
public record Trace(
    String id,
    String requestId,
    Instant started,
    String route,
    String deployment,
    String model,
    String revision,
    String query,
    List<Retrieved> retrieved,
    String prompt,
    String answer,
    OptionalInt promptTokens,
    OptionalInt completionTokens,
    Optional<String> finishReason,
    List<Step> steps,
    Optional<String> error,
    Optional<TraceParent> parent,
    Optional<String> tenant,
    List<Feedback> feedback) {

  /** Copies the lists. */
  public Trace {
    retrieved = List.copyOf(retrieved);
    steps = List.copyOf(steps);
    feedback = List.copyOf(feedback);
  }

  /** Makes a trace of a question that belongs to nobody's span and no tenant. */
  public Trace(
      String id,
      String requestId,
      Instant started,
      String route,
      String deployment,
      String model,
      String revision,
      String query,
      List<Retrieved> retrieved,
      String prompt,
      String answer,
      OptionalInt promptTokens,
      OptionalInt completionTokens,
      Optional<String> finishReason,
      List<Step> steps,
      Optional<String> error) {
    this(
        id,
        requestId,
        started,
        route,
        deployment,
        model,
        revision,
        query,
        retrieved,
        prompt,
        answer,
        promptTokens,
        completionTokens,
        finishReason,
        steps,
        error,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /** Returns this as the question of a caller's span and of a tenant. */
  public Trace of(Optional<TraceParent> span, Optional<String> owner) {
    return copy(span, owner, feedback);
  }

  /** Returns this with its texts, and what its steps found, told in another way. */
  public Trace saying(String question, String asked, String said, List<Step> done) {
    return new Trace(
        id,
        requestId,
        started,
        route,
        deployment,
        model,
        revision,
        question,
        retrieved,
        asked,
        said,
        promptTokens,
        completionTokens,
        finishReason,
        done,
        error,
        parent,
        tenant,
        feedback);
  }

  /** Returns this with feedback in the place of what it had. */
  public Trace with(List<Feedback> judgements) {
    return copy(parent, tenant, judgements);
  }

  private Trace copy(
      Optional<TraceParent> span, Optional<String> owner, List<Feedback> judgements) {
    return new Trace(
        id,
        requestId,
        started,
        route,
        deployment,
        model,
        revision,
        query,
        retrieved,
        prompt,
        answer,
        promptTokens,
        completionTokens,
        finishReason,
        steps,
        error,
        span,
        owner,
        judgements);
  }

  /** Returns the step of that name, absent if there was none. */
  public Optional<Step> step(String name) {
    return steps.stream().filter(step -> step.name().equals(name)).findFirst();
  }

  /**
   * One step of an answer.
   *
   * @param start since the question came
   * @param time how long it took
   * @param notes about it, such as how many passages it found; content, as the prompt is
   */
  public record Step(String name, Duration start, Duration time, Map<String, String> notes) {
    /** Copies the notes, keeping their order. */
    public Step {
      notes = Collections.unmodifiableMap(new LinkedHashMap<>(notes));
    }
  }

  /** Returns each step's time, in the order of the steps. */
  public Map<String, Duration> timings() {
    Map<String, Duration> timings = new LinkedHashMap<>();
    steps.forEach(step -> timings.put(step.name(), step.time()));
    return timings;
  }

  /**
   * One passage that was found.
   *
   * @param id the passage's
   * @param score as the search gave it
   */
  public record Retrieved(String id, double score) {}
}
