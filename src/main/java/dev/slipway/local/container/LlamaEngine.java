package dev.slipway.local.container;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;
import dev.slipway.endpoint.Deadline;
import dev.slipway.failure.OperationFailed;
import dev.slipway.model.GgufHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Generates with llama.cpp. Thread-safe.
 *
 * <p>The library batches the requests of several threads itself, and gives each the text that it
 * gets alone; but a request beyond its slots waits inside native code where nothing can end it, and
 * a request whose context is full fails. So there are as many threads here as slots, a bounded
 * queue before them, and no request that doesn't fit. The threads are platform threads: they wait
 * in native code, and virtual ones would take the HTTP server's carriers with them.
 *
 * <p>Control tokens in a prompt count as such, wherever they come from: llama.cpp reads special
 * tokens in every prompt. Who takes text from strangers strips them first.
 */
final class LlamaEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LlamaEngine.class);

  private final LlamaModel model;
  private final GgufHeader header;
  private final Settings settings;
  private final EngineCounters counters;
  private final JsonMapper json = new JsonMapper();
  private final TokenCount count;
  private final Object template = new Object();
  private final ThreadPoolExecutor workers;

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
   * @throws OperationFailed if the engine refuses it; the reason is in its log
   * @throws UnsatisfiedLinkError if the native library can't be loaded
   */
  LlamaEngine(Settings settings, EngineCounters counters) throws IOException {
    this.settings = settings;
    this.counters = counters;
    this.header = GgufHeader.read(settings.model());
    this.model = load(settings);
    this.count = new TokenCount(model::encode, header);
    this.workers =
        new ThreadPoolExecutor(
            settings.parallel(),
            settings.parallel(),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.queue()),
            Thread.ofPlatform().daemon().name("engine-", 0).factory());
  }

  private static LlamaModel load(Settings settings) {
    // The built-in templates, not enableJinja(): a template that raises ends the process there.
    ModelParameters parameters =
        new ModelParameters()
            .setModel(settings.model().toString())
            .setCtxSize(settings.context() * settings.parallel())
            .setParallel(settings.parallel())
            .setThreads(settings.threads())
            .setThreadsBatch(settings.threads())
            .disableContextShift();
    try {
      return new LlamaModel(parameters);
    } catch (RuntimeException e) { // the library's own exception is not public
      throw new OperationFailed(
          "model_refused",
          "Cannot load " + settings.model().getFileName(),
          "llama.cpp refused it, and its own lines in the container's log say why",
          "Take another GGUF of this model, or name a newer engine: endpoint.engine:"
              + " http://host:port",
          false,
          e);
    }
  }

  /** Returns how many tokens the prompt and the answer of one request may have together. */
  int context() {
    return settings.context();
  }

  /** Returns how many requests wait for a slot. */
  int waiting() {
    return workers.getQueue().size();
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
        rendered = model.applyTemplate(request);
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
    try {
      workers.execute(() -> run(generation));
    } catch (RejectedExecutionException e) {
      throw RequestProblem.busy(settings.queue());
    }
    return generation;
  }

  private void run(Generation generation) {
    if (generation.cancelled() || generation.deadline().over()) {
      drop(generation);
      return;
    }
    counters.active.incrementAndGet();
    try {
      generate(generation);
    } catch (RuntimeException e) { // the library's own exception is not public
      counters.failed.incrementAndGet();
      LOG.error("a request failed in the engine, whose lines above say why", e);
      generation.put(
          new Generation.Event.Failed(
              RequestProblem.engine("The engine failed; the container's log says why.")));
    } finally {
      counters.active.decrementAndGet();
    }
  }

  private void generate(Generation generation) {
    LlamaIterator outputs = model.generate(parameters(generation)).iterator();
    StopText stop = new StopText(generation.sampling().stop());
    int tokens = 0;
    boolean ended = false;
    while (outputs.hasNext()) {
      LlamaOutput output = outputs.next();
      if (!outputs.hasNext()) {
        break; // the last one says that it is, and nothing else
      }
      int more = count.piece(output.text);
      tokens += more;
      counters.tokens.addAndGet(more);
      // One output a token; the end-of-text token has no text.
      ended = output.text.isEmpty();
      show(generation, stop.add(output.text));
      if (stop.hit()) {
        outputs.cancel();
        finish(generation, Generation.Ending.STOP_TEXT, tokens);
        return;
      }
      if (generation.cancelled() || generation.deadline().over()) {
        outputs.cancel();
        drop(generation);
        return;
      }
    }
    show(generation, stop.end());
    if (ended) {
      finish(generation, Generation.Ending.END_OF_TEXT, tokens);
    } else {
      // Tokens of a character that was never whole have no output; the bound says how many.
      counters.tokens.addAndGet(generation.maxTokens() - tokens);
      finish(generation, Generation.Ending.LENGTH, generation.maxTokens());
    }
  }

  private static void show(Generation generation, String text) {
    if (!text.isEmpty()) {
      generation.put(new Generation.Event.Piece(text));
    }
  }

  private void finish(Generation generation, Generation.Ending ending, int tokens) {
    counters.completed.incrementAndGet();
    generation.put(new Generation.Event.Done(ending, tokens));
  }

  private void drop(Generation generation) {
    counters.cancelled.incrementAndGet();
    generation.put(
        new Generation.Event.Failed(
            generation.cancelled() ? RequestProblem.abandoned() : RequestProblem.late()));
  }

  private static InferenceParameters parameters(Generation generation) {
    Sampling sampling = generation.sampling();
    long seed = sampling.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong());
    return new InferenceParameters(generation.prompt())
        .setNPredict(generation.maxTokens())
        .setTemperature(sampling.temperature())
        .setTopP(sampling.topP())
        .setTopK(sampling.topK())
        .setMinP(sampling.minP())
        .setPresencePenalty(sampling.presencePenalty())
        .setFrequencyPenalty(sampling.frequencyPenalty())
        .setRepeatPenalty(sampling.repetitionPenalty())
        .setRepeatLastN(-1) // the whole context, as elsewhere, not llama.cpp's last 64
        .setIgnoreEos(sampling.ignoreEnd())
        .setSeed(Long.hashCode(seed) & Integer.MAX_VALUE) // -1 would mean a random one
        .setCachePrompt(false); // a kept prefix changes the batches, and with them the last bits
  }

  /** Drops what waits, lets what runs stop at its next token, and frees the model. */
  @Override
  public void close() {
    workers.shutdownNow();
    try {
      if (workers.awaitTermination(5, TimeUnit.SECONDS)) {
        model.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
