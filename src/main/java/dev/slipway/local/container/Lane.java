package dev.slipway.local.container;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;
import dev.slipway.failure.OperationFailed;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One loaded model with its slots, and a thread for each. Thread-safe.
 *
 * <p>The library batches the requests of several threads itself, and gives each the text that it
 * gets alone; but a request beyond its slots waits inside native code where nothing can end it, and
 * a request whose context is full fails. So there are as many threads here as slots, a bounded
 * queue before them, and no request that doesn't fit. The threads are platform threads: they wait
 * in native code, and virtual ones would take the HTTP server's carriers with them.
 */
final class Lane implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  private final LlamaModel model;
  private final EngineCounters counters;
  private final int queue;
  private final ThreadPoolExecutor workers;

  /**
   * Loads a model, which takes as long as reading its file.
   *
   * @throws OperationFailed if the engine refuses it; the reason is in its log
   * @throws UnsatisfiedLinkError if the native library can't be loaded
   */
  Lane(LlamaEngine.Settings settings, int slots, EngineCounters counters) {
    this.model = load(settings, slots);
    this.counters = counters;
    this.queue = settings.queue();
    this.workers =
        new ThreadPoolExecutor(
            slots,
            slots,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queue),
            Thread.ofPlatform().daemon().name("engine-", 0).factory());
  }

  private static LlamaModel load(LlamaEngine.Settings settings, int slots) {
    // The built-in templates, not enableJinja(): a template that raises ends the process there.
    ModelParameters parameters =
        new ModelParameters()
            .setModel(settings.model().toString())
            .setCtxSize(settings.context() * slots)
            .setParallel(slots)
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

  /** Returns the model, for what needs no slot. */
  LlamaModel model() {
    return model;
  }

  /** Returns how many requests wait for a slot. */
  int waiting() {
    return workers.getQueue().size();
  }

  /**
   * Starts an answer, or queues it.
   *
   * @param tokens counts the tokens of one output
   * @throws RequestProblem if as many wait as may
   */
  void submit(Generation generation, ToIntFunction<String> tokens) {
    try {
      workers.execute(() -> run(generation, tokens));
    } catch (RejectedExecutionException e) {
      throw RequestProblem.busy(queue);
    }
  }

  private void run(Generation generation, ToIntFunction<String> count) {
    if (generation.cancelled() || generation.deadline().over()) {
      drop(generation);
      return;
    }
    counters.active.incrementAndGet();
    try {
      generate(generation, count);
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

  private void generate(Generation generation, ToIntFunction<String> count) {
    LlamaIterator outputs = model.generate(parameters(generation)).iterator();
    StopText stop = new StopText(generation.sampling().stop());
    int tokens = 0;
    boolean ended = false;
    while (outputs.hasNext()) {
      LlamaOutput output = outputs.next();
      if (!outputs.hasNext()) {
        break; // the last one says that it is, and nothing else
      }
      int more = count.applyAsInt(output.text);
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

  /** Drops what waits; what runs ends with the process. */
  @Override
  public void close() {
    workers.shutdownNow();
  }
}
