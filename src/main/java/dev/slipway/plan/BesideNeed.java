package dev.slipway.plan;

import dev.slipway.failure.Refused;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelFile;
import dev.slipway.plan.Blueprint.Beside;
import java.util.OptionalInt;

/**
 * Estimates what a task takes of memory and disk whose model answers beside the service.
 *
 * <p>Memory: the file as it is; keys and values of all tokens in work; the engine's work space,
 * which is the attention scores of a batch of 512 tokens and the logits of a vocabulary of 160,000;
 * a JVM for the engine and one for the service, whose heap may take 30 % of the task. Locks hold no
 * layers and no heads, so these are estimated from the number of parameters: keys and values as
 * {@link GpuNeed} does, heads as {@code 32 x (parameters / 8e9)^(1/4)}, which 0.5 to 70 thousand
 * million parameters have within a factor of two. The engine itself reads the file's header, and
 * refuses to start where it needs more.
 *
 * <p>Disk: Fargate keeps the image twice, as it was pulled and unpacked, and weights don't get
 * smaller by packing.
 */
public final class BesideNeed {
  /** Tokens of one request: the local engine's window. */
  public static final int CONTEXT = 4096;

  /** Requests that the local engine answers at a time. */
  public static final int PARALLEL = 4;

  private static final double PARAMETERS_AT_8B = 8e9;
  private static final double HEADS_AT_8B = 32;
  private static final long BATCH = 512;
  private static final long FLOAT_BYTES = 4;
  private static final long LOGITS = BATCH * 160_000 * FLOAT_BYTES;

  /** The engine's JVM, and what the service's has beside its heap. */
  private static final long PROCESSES = 768L << 20;

  /** What is left beside the service's heap, as the image's arguments of the JVM have it. */
  private static final double BESIDE_HEAP = 0.7;

  /** Base, libraries, index and temporary files. */
  private static final long OTHER_FILES = 4L << 30;

  /** What each task on Fargate has without asking; its guide, "Fargate task ephemeral storage". */
  private static final int DISK_GIB = 20;

  private static final long GIB = 1L << 30;

  private BesideNeed() {}

  /**
   * Estimates.
   *
   * @throws Refused if the model holds no GGUF, which is all that the engine reads
   */
  static Beside of(Manifest manifest, Lock lock) {
    long bytes =
        lock.files().stream()
            .filter(file -> file.path().endsWith(".gguf"))
            .mapToLong(ModelFile::size)
            .sum();
    if (bytes == 0) {
      throw new Refused(
          "no_gguf",
          "Cannot run " + lock.source() + " beside the service",
          "It holds no GGUF file, and llama.cpp reads nothing else.",
          "Set api.model to a source with one (hf://org/name-GGUF), or api.engine: endpoint.");
    }
    GpuNeed need = GpuNeed.of(lock);
    double parameters = lock.facts().parameters().orElse(Math.max(1, bytes));
    long tokens = tokens(manifest, lock);
    double heads = HEADS_AT_8B * Math.pow(parameters / PARAMETERS_AT_8B, 0.25);
    long scores = Math.round(BATCH * heads * tokens * FLOAT_BYTES);
    long engine = bytes + need.tokenBytes() * tokens + scores + LOGITS;
    long disk = (2 * bytes + OTHER_FILES + GIB - 1) / GIB;
    return new Beside(
        bytes,
        Math.round((engine + PROCESSES) / BESIDE_HEAP),
        disk > DISK_GIB ? OptionalInt.of(Math.toIntExact(disk)) : OptionalInt.empty());
  }

  private static long tokens(Manifest manifest, Lock lock) {
    long window = Math.min(lock.facts().contextLength().orElse(CONTEXT), CONTEXT);
    return window * Math.min(manifest.endpoint().scaling().concurrency(), PARALLEL);
  }
}
