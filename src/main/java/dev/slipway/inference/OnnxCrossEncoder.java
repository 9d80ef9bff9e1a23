package dev.slipway.inference;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.Passage;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.Reranker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Scores each passage by a cross-encoder, which reads the question and the passage together: ONNX
 * Runtime on this machine's CPU, over a folder as the Hugging Face Hub has it. Thread-safe.
 *
 * <p>Every pair runs alone, as texts do in {@link BgeSmallEmbedder}: padding costs more than
 * batching gains on a CPU, and the work can be stopped between two of them.
 */
public final class OnnxCrossEncoder implements Reranker, AutoCloseable {
  /** Where exporters put the model; the first that is there is taken. */
  private static final List<String> MODELS = List.of("model.onnx", "onnx/model.onnx");

  private static final String TOKENIZER = "tokenizer.json";
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String TYPES = "token_type_ids";
  private static final int MAX_TOKENS = 512; // the window of the BERT family, both texts together
  private static final int MAX_CHARACTERS = 1 << 14;
  private static final int MAX_THREADS = 8;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Set<String> inputs;
  private final NativeTokenizer tokenizer;

  private OnnxCrossEncoder(
      OrtEnvironment environment, OrtSession session, NativeTokenizer tokenizer) {
    this.environment = environment;
    this.session = session;
    this.inputs = Set.copyOf(session.getInputNames());
    this.tokenizer = tokenizer;
  }

  /**
   * Loads a model and runs it once.
   *
   * @param folder holds {@code model.onnx}, there or in {@code onnx/}, and {@code tokenizer.json}
   * @throws OperationFailed if a file is missing or unreadable, or the model is no cross-encoder
   *     ({@code reranker_not_loaded})
   */
  public static OnnxCrossEncoder open(Path folder) {
    Path model =
        MODELS.stream()
            .map(folder::resolve)
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(() -> unusable(folder, "it holds no " + MODELS.getFirst(), null));
    try (InputStream vocabulary = Files.newInputStream(folder.resolve(TOKENIZER));
        SessionOptions options = new SessionOptions()) {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      options.setIntraOpNumThreads(
          Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));
      // Threads that wait for work must not burn the processors that the engine needs.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      NativeTokenizer tokenizer = NativeTokenizer.truncating(vocabulary, MAX_TOKENS);
      OrtSession session = environment.createSession(model.toString(), options);
      return new OnnxCrossEncoder(environment, session, tokenizer).tried(folder);
    } catch (OrtException | IOException | RuntimeException | UnsatisfiedLinkError e) {
      throw e instanceof OperationFailed known ? known : unusable(folder, e.toString(), e);
    }
  }

  private OnnxCrossEncoder tried(Path folder) throws OrtException {
    try {
      if (!Set.of(IDS, MASK, TYPES).containsAll(inputs) || !inputs.contains(IDS)) {
        throw unusable(folder, "its model takes " + inputs + ", not those of a text encoder", null);
      }
      double unused = score("question", "passage");
      if (Double.isNaN(unused)) {
        throw unusable(folder, "its model scores nothing", null);
      }
      return this;
    } catch (OrtException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  @Override
  public List<Hit> rerank(String question, List<Hit> candidates, int k) {
    List<Hit> scored = new ArrayList<>();
    for (Hit candidate : candidates) {
      if (Thread.currentThread().isInterrupted()) {
        throw new Interrupted(
            "Stopped reranking", "its time is over, or the service is stopping.", "Ask again.");
      }
      Passage passage = candidate.passage();
      try {
        scored.add(new Hit(passage, score(question, passage.title() + "\n" + passage.text())));
      } catch (OrtException e) {
        throw new OperationFailed(
            "reranking_failed",
            "Cannot score a passage",
            "ONNX Runtime said: " + e.getMessage(),
            "Try again; if it stays, see that the machine has memory left.",
            true,
            e);
      }
    }
    // Sorting is stable: among equals the search's order stays.
    scored.sort(Comparator.comparingDouble(Hit::score).reversed());
    return scored.stream().limit(Math.max(0, k)).toList();
  }

  private double score(String question, String passage) throws OrtException {
    Encoding pair =
        tokenizer.encodePair(
            Texts.cut(question, MAX_CHARACTERS), Texts.cut(passage, MAX_CHARACTERS));
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      put(tensors, IDS, pair.getIds());
      put(tensors, MASK, pair.getAttentionMask());
      put(tensors, TYPES, pair.getTypeIds());
      try (var result = session.run(tensors)) {
        if (!(result.get(0) instanceof OnnxTensor logits)) {
          return Double.NaN;
        }
        FloatBuffer values = logits.getFloatBuffer();
        return switch (values == null ? 0 : values.remaining()) {
          case 1 -> values.get(0);
          // Two classes: how much rather relevant than not.
          case 2 -> values.get(1) - values.get(0);
          default -> Double.NaN;
        };
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private void put(Map<String, OnnxTensor> tensors, String input, long[] values)
      throws OrtException {
    if (inputs.contains(input)) {
      long[] shape = {1, values.length};
      tensors.put(input, OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape));
    }
  }

  private static OperationFailed unusable(
      Path folder, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new OperationFailed(
        "reranker_not_loaded",
        "Cannot load the cross-encoder in " + folder,
        why,
        "Give rag.rerank.cross_encoder a folder with model.onnx and tokenizer.json, or set"
            + " rag.rerank to mmr or none.",
        false,
        cause);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime did not let go of a model", e);
    }
  }
}
