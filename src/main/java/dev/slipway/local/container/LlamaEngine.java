package dev.slipway.local.container;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.endpoint.Deadline;
import dev.slipway.model.GgufHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Generates with llama.cpp. Thread-safe.
 *
 * <p>Requests share the slots of one model, computed in batches. What else is in a batch, and in
 * the slots beside, changes the last bits of the numbers: nothing for the likeliest token but in a
 * tie, enough to lead sampling elsewhere. Requests that sample with a seed are promised the same
 * text each time: they have a lane of their own, one at a time, loaded when the first comes (the
 * weights are mapped once).
 *
 * <p>Control tokens in a prompt count as such, wherever they come from: llama.cpp reads special
 * tokens in every prompt. Who takes text from strangers strips them first.
 */
final class LlamaEngine implements AutoCloseable {
  private final Settings settings;
  private final EngineCounters counters;
  private final JsonMapper json = new JsonMapper();
  private final TokenCount count;
  private final Object template = new Object();
  private final Object loading = new Object();
  private final Lane batched;
  private volatile @Nullable Lane exact;

  /**
   * Says how to run a model.
   *
   * @param context tokens of one request
   * @param queue requests that wait at most
   */
  record Settings(Path model, int parallel, int context, int threads, int queue) {}

  /**
   * Loads a model, which takes as long as reading its file.
   *
   * @throws dev.slipway.failure.OperationFailed if the engine refuses it; the reason is in its log
   * @throws UnsatisfiedLinkError if the native library can't be loaded
   */
  LlamaEngine(Settings settings, EngineCounters counters) throws IOException {
    this.settings = settings;
    this.counters = counters;
    GgufHeader header = GgufHeader.read(settings.model());
    this.batched = new Lane(settings, settings.parallel(), counters);
    this.count = new TokenCount(batched.model()::encode, header);
  }

  /** Returns how many tokens the prompt and the answer of one request may have together. */
  int context() {
    return settings.context();
  }

  /** Returns how many requests wait for a slot. */
  int waiting() {
    Lane lane = exact;
    return batched.waiting() + (lane == null ? 0 : lane.waiting());
  }

  /** Returns a conversation in the model's own chat format, ready for the assistant's turn. */
  String render(List<Invocation.Message> messages) {
    List<Map<String, String>> encoded =
        messages.stream()
            .map(m -> Map.of("role", m.role(), "content", BasicPlane.encode(m.content())))
            .toList();
    try {
      String request = json.writeValueAsString(Map.of("messages", encoded));
      String rendered;
      synchronized (template) {
        rendered = batched.model().applyTemplate(request);
      }
      return count.withoutBegin(BasicPlane.decode(rendered));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns how many tokens the model gets for a prompt, those that the engine adds included. */
  int promptTokens(String prompt) {
    return count.prompt(prompt);
  }

  /** Returns the id of the last token of a text in the vocabulary; -1 for an empty text. */
  int lastTokenId(String text) {
    return count.lastId(text);
  }

  /**
   * Starts an answer, or queues it.
   *
   * @throws RequestProblem if the prompt doesn't fit, or as many wait as may
   */
  Generation submit(String prompt, Sampling sampling, Deadline deadline) {
    int promptTokens = count.prompt(prompt);
    int room = settings.context() - promptTokens;
    if (promptTokens == 0) {
      throw RequestProblem.bad("The prompt is empty. Give it at least one token.");
    }
    if (room < 1) {
      throw RequestProblem.bad(
          "This model's maximum context length is "
              + settings.context()
              + " tokens. However, the prompt has "
              + promptTokens
              + " tokens, and the answer needs room too. Shorten the prompt.");
    }
    Generation generation =
        new Generation(
            prompt,
            promptTokens,
            Math.min(room, sampling.maxTokens().orElse(room)),
            sampling,
            deadline);
    boolean repeatable = sampling.seed().isPresent() && sampling.temperature() > 0;
    (repeatable && settings.parallel() > 1 ? exact() : batched).submit(generation, count::piece);
    return generation;
  }

  private Lane exact() {
    Lane lane = exact;
    if (lane == null) {
      synchronized (loading) {
        lane = exact;
        if (lane == null) {
          lane = new Lane(settings, 1, counters);
          exact = lane;
        }
      }
    }
    return lane;
  }

  /** Drops what waits; what runs ends with the process. */
  @Override
  public void close() {
    batched.close();
    Lane lane = exact;
    if (lane != null) {
      lane.close();
    }
  }
}
