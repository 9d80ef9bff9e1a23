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
    Optional<String> error) {

  /** Copies the lists. */
  public Trace {
    retrieved = List.copyOf(retrieved);
    steps = List.copyOf(steps);
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
