package dev.slipway.plan;

import dev.slipway.catalog.InstanceType;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelFile;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Estimates what a model takes of accelerators' memory: weights, and keys and values of the tokens
 * in work.
 *
 * <p>Weights are the bytes of the weight files; half of them where they are 32-bit floats on a GPU,
 * because vLLM and LMI load those as 16-bit ones. A token's keys and values are estimated from the
 * number of parameters, as {@code 128 KiB x sqrt(parameters / 8e9)}, which is what Llama 3 8B has
 * exactly and is 18 % above Llama 3 70B: locks don't hold the layers and heads that it would take
 * to compute it.
 *
 * <p>Of each GPU a tenth stays out of reach (vLLM's {@code gpu_memory_utilization} of 0.9), and
 * {@link #WORKING_BYTES} hold activations and CUDA graphs.
 *
 * @param weightsBytes once loaded
 * @param tokenBytes of the keys and values of one token
 * @param contextLength tokens in the model's window; absent where its configuration doesn't say
 */
public record GpuNeed(long weightsBytes, long tokenBytes, OptionalInt contextLength) {
  /** What activations and CUDA graphs take on each GPU: 1.5 GiB. */
  public static final long WORKING_BYTES = 3L << 29;

  /** The window that a model needs at least to be of use; shorter where the model's own is. */
  public static final int USEFUL_TOKENS = 8192;

  /** The window below which an instance counts as too small. */
  public static final int LEAST_TOKENS = 2048;

  private static final double USABLE = 0.9;
  private static final double TOKEN_BYTES_AT_8B = 128 << 10;
  private static final double PARAMETERS_AT_8B = 8e9;
  private static final int BYTES_PER_PARAMETER = 2;
  private static final int TOKENS_STEP = 256;

  /** Estimates the need of a locked model. */
  public static GpuNeed of(Lock lock) {
    long files =
        lock.files().stream().filter(GpuNeed::holdsWeights).mapToLong(ModelFile::size).sum();
    boolean floats = lock.facts().dtype().map(GpuNeed::isFloat32).orElse(false);
    long weights = floats ? files / 2 : files;
    double parameters =
        lock.facts().parameters().orElse(Math.max(1, weights / BYTES_PER_PARAMETER));
    return new GpuNeed(
        weights,
        Math.max(1, Math.round(TOKEN_BYTES_AT_8B * Math.sqrt(parameters / PARAMETERS_AT_8B))),
        lock.facts().contextLength());
  }

  private static boolean holdsWeights(ModelFile file) {
    String name = file.path().toLowerCase(Locale.ROOT);
    return List.of(".safetensors", ".gguf", ".bin", ".pt", ".pth", ".onnx", ".tar.gz").stream()
        .anyMatch(name::endsWith);
  }

  private static boolean isFloat32(String dtype) {
    return List.of("float32", "f32", "float").contains(dtype.toLowerCase(Locale.ROOT));
  }

  /** Returns the bytes of some of an instance's GPUs that weights and tokens may take. */
  public static long usableBytes(InstanceType instance, int gpus) {
    return (long) (instance.gpuBytesEach() * gpus * USABLE) - WORKING_BYTES * gpus;
  }

  /**
   * Returns how many tokens fit beside the weights, in steps of 256; 0 or less if the weights
   * themselves don't fit.
   */
  public long tokensOn(InstanceType instance, int gpus) {
    long left = usableBytes(instance, gpus) - weightsBytes;
    return left <= 0 ? 0 : left / tokenBytes / TOKENS_STEP * TOKENS_STEP;
  }

  /** Returns whether an instance holds the weights and a window of use. */
  public boolean fits(InstanceType instance) {
    return tokensOn(instance, instance.gpus()) >= wantedTokens();
  }

  /** Returns whether an instance holds the weights and at least a short window. */
  public boolean barelyFits(InstanceType instance) {
    return tokensOn(instance, instance.gpus()) >= Math.min(LEAST_TOKENS, wantedTokens());
  }

  /** Returns the window that is asked for when an instance is chosen. */
  public int wantedTokens() {
    return Math.min(contextLength.orElse(USEFUL_TOKENS), USEFUL_TOKENS);
  }

  /** Returns what an instance with this window needs, without the GPUs' working bytes. */
  public long totalBytes() {
    return weightsBytes + tokenBytes * wantedTokens();
  }

  /** Returns how few of an instance's GPUs hold it, a power of two; all of them if none do. */
  public int leastGpus(InstanceType instance) {
    for (int gpus = 1; gpus < instance.gpus(); gpus *= 2) {
      if (tokensOn(instance, gpus) >= wantedTokens()) {
        return gpus;
      }
    }
    return instance.gpus();
  }
}
