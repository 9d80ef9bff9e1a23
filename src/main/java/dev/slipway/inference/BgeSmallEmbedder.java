package dev.slipway.inference;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.Embedder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Embeds with bge-small-en-v1.5, quantized to 8 bits: ONNX Runtime on this machine's CPU, weights
 * and vocabulary from LangChain4j's jar. Loaded on first use, which takes a second or two.
 * Thread-safe.
 *
 * <p>Every text runs alone. The model quantizes its activations as it goes, by the range of all
 * values in the batch, so a text's vector would depend on what else is in its batch (cosine 0.994
 * to the same text alone); padding costs more than batching gains on a CPU, too.
 */
public final class BgeSmallEmbedder implements Embedder {

  private static final int DIMENSIONS = 384;
  private static final int MAX_TOKENS = 512; // the model's window, begin and end tokens included
  // More text than 512 tokens ever cover in practice; the tokenizer is spared the rest.
  private static final int MAX_CHARACTERS = 1 << 16;
  private static final int MAX_THREADS = 8;

  /** As the model's card on the hub says: before questions only. */
  private static final String QUESTION_PREFIX =
      "Represent this sentence for searching relevant passages: ";

  private final Supplier<Loaded> loaded = new Once<>(Loaded::load);

  /** Makes an embedder; loads nothing yet. */
  public BgeSmallEmbedder() {}

  @Override
  public int dimensions() {
    return DIMENSIONS;
  }

  @Override
  public String name() {
    return "bge-small-en-v1.5-q8";
  }

  @Override
  public List<float[]> embedPassages(List<String> passages) {
    return passages.stream().map(loaded.get()::embed).toList();
  }

  @Override
  public float[] embedQuestion(String question) {
    return loaded.get().embed(QUESTION_PREFIX + question);
  }

  /** Loads the model and runs it once, so that the first question needn't wait for that. */
  public void warmUp() {
    loaded.get().embed(QUESTION_PREFIX);
  }

  /** The model in memory; it stays there until the process ends. */
  private record Loaded(OrtEnvironment environment, OrtSession session, NativeTokenizer tokenizer) {

    static Loaded load() {
      try (InputStream model = resource("/bge-small-en-v1.5-q.onnx");
          InputStream vocabulary = resource("/bge-small-en-v1.5-q-tokenizer.json");
          SessionOptions options = new SessionOptions()) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        options.setIntraOpNumThreads(
            Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));
        // Threads that wait for work must not burn the processors that the engine needs.
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        return new Loaded(
            environment,
            environment.createSession(model.readAllBytes(), options),
            NativeTokenizer.truncating(vocabulary, MAX_TOKENS));
      } catch (OrtException | IOException | UnsatisfiedLinkError e) {
        throw new OperationFailed(
            "embedder_not_loaded",
            "Cannot load the embedding model",
            "ONNX Runtime or the tokenizer said: " + e,
            "Run `slipway doctor`: it needs 64-bit Linux, macOS or Windows and a writable temporary"
                + " folder.",
            false,
            e);
      }
    }

    private static InputStream resource(String name) throws IOException {
      InputStream in = BgeSmallEmbedder.class.getResourceAsStream(name);
      if (in == null) {
        throw new IOException("the class path has no " + name);
      }
      return in;
    }

    float[] embed(String text) {
      Encoding encoding = tokenizer.encode(Texts.cut(text, MAX_CHARACTERS), true);
      long[] shape = {1, encoding.getIds().length};
      try (var ids = tensor(encoding.getIds(), shape);
          var mask = tensor(encoding.getAttentionMask(), shape);
          var types = tensor(encoding.getTypeIds(), shape);
          var result =
              session.run(
                  Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
        // The first token's vector stands for the text (CLS pooling).
        FloatBuffer states = ((OnnxTensor) result.get(0)).getFloatBuffer();
        float[] vector = new float[DIMENSIONS];
        states.get(vector);
        return normalized(vector);
      } catch (OrtException e) {
        throw new OperationFailed(
            "embedding_failed",
            "Cannot embed a text",
            "ONNX Runtime said: " + e.getMessage(),
            "Try again; if it stays, see that the machine has memory left.",
            true,
            e);
      }
    }

    private OnnxTensor tensor(long[] values, long[] shape) throws OrtException {
      return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
    }

    private static float[] normalized(float[] vector) {
      double squares = 0;
      for (float value : vector) {
        squares += (double) value * value;
      }
      float length = (float) Math.sqrt(squares);
      for (int i = 0; i < vector.length && length > 0; i++) {
        vector[i] /= length;
      }
      return vector;
    }
  }
}
