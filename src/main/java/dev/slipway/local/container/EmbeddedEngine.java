package dev.slipway.local.container;

import dev.slipway.failure.Refused;
import dev.slipway.model.GgufHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks whether the embedded engine, llama.cpp as {@code de.kherud:llama} 4.2.0 brings it, can run
 * a model on this machine, before anything native is loaded: its own answers are an abort, or one
 * line for everything. Thread-safe.
 */
public final class EmbeddedEngine {
  /** Requests that are answered at the same time, where nothing else is asked for. */
  public static final int PARALLEL = 4;

  /** The context of one request, where nothing else is asked for and the model has more. */
  public static final int CONTEXT = 4_096;

  // Built with these (its line "system_info": AVX2, F16C, FMA, BMI2); without one it dies of
  // SIGILL.
  private static final Set<String> X86_FLAGS = Set.of("avx", "avx2", "f16c", "fma", "bmi2");
  // The folders of native libraries in its jar.
  private static final Set<String> PLATFORMS =
      Set.of("linux x86_64", "linux aarch64", "mac x86_64", "mac aarch64", "windows x86_64");
  private static final String OTHER_ENGINE =
      "Or start a server that can (vLLM, Ollama, a newer llama.cpp) and name it:"
          + " endpoint.engine: http://host:port";

  private final Machine machine;
  private final Architectures architectures;

  private EmbeddedEngine(Machine machine, Architectures architectures) {
    this.machine = machine;
    this.architectures = architectures;
  }

  /** Returns the engine on this machine. */
  public static EmbeddedEngine here() {
    return on(Machine.here());
  }

  /** Returns the engine on a machine. */
  static EmbeddedEngine on(Machine machine) {
    return new EmbeddedEngine(machine, Architectures.known());
  }

  /**
   * Says how a model is run.
   *
   * @param context tokens that one request's prompt and answer share
   * @param neededBytes estimated, of the whole process
   */
  public record Fit(int context, long neededBytes) {}

  /** Checks a model with the usual number of parallel requests and the usual context. */
  public Fit check(Path gguf) {
    return check(gguf, PARALLEL, 0);
  }

  /**
   * Checks a model.
   *
   * @param parallel requests at the same time, at least 1
   * @param context tokens of one request; 0 means the model's own, at most {@link #CONTEXT}; never
   *     more than the model was trained for
   * @throws Refused if the machine, the file or the two together can't
   */
  public Fit check(Path gguf, int parallel, int context) {
    checkMachine();
    GgufHeader header = header(gguf);
    checkArchitecture(gguf, header);
    int trained = header.contextLength().orElse(CONTEXT);
    int window = Math.min(trained, context > 0 ? context : CONTEXT);
    long needed = ProcessMemory.of(header, size(gguf), (long) window * parallel);
    if (needed > machine.availableBytes().orElse(Long.MAX_VALUE)) {
      throw new Refused(
          "model_too_large",
          "Cannot run " + gguf.getFileName() + " on this machine",
          "it needs about "
              + mebibytes(needed)
              + " MiB of memory (its weights, and the state of "
              + parallel
              + " requests of "
              + window
              + " tokens), and "
              + mebibytes(machine.availableBytes().orElse(0))
              + " MiB are available",
          "Free memory, take a smaller or more quantised GGUF, or a shorter context. "
              + OTHER_ENGINE);
    }
    return new Fit(window, needed);
  }

  /** Returns how many bytes of memory a process may still take, absent where nothing says. */
  public OptionalLong availableBytes() {
    return machine.availableBytes();
  }

  /**
   * Checks the machine alone.
   *
   * @throws Refused if the engine has no build that runs on it
   */
  public void checkMachine() {
    String platform = machine.system() + " " + machine.architecture();
    if (!PLATFORMS.contains(platform)) {
      throw machineRefused("it has no build for " + platform);
    }
    if (machine.musl()) {
      throw machineRefused("its build for Linux needs glibc, and this system has musl");
    }
    if (machine.architecture().equals("x86_64") && !machine.processorFlags().isEmpty()) {
      Set<String> missing = new TreeSet<>(X86_FLAGS);
      missing.removeAll(machine.processorFlags());
      if (!missing.isEmpty()) {
        throw machineRefused("this processor lacks " + String.join(", ", missing));
      }
    }
  }

  private static Refused machineRefused(String why) {
    return new Refused(
        "engine_cannot_run_here",
        "Cannot run the embedded engine on this machine",
        why,
        "Run it on another machine. " + OTHER_ENGINE);
  }

  private static GgufHeader header(Path gguf) {
    try {
      return GgufHeader.read(gguf);
    } catch (IOException e) {
      throw new Refused(
          "model_unreadable",
          "Cannot read the model " + gguf.getFileName(),
          Files.exists(gguf) ? "the file can't be read" : "there is no such file",
          "Check model.source.");
    }
  }

  private void checkArchitecture(Path gguf, GgufHeader header) {
    String name =
        header
            .architecture()
            .orElseThrow(
                () ->
                    architectureRefused(
                        gguf, "the file doesn't name its architecture (general.architecture)"));
    String makes =
        architectures
            .makes(name)
            .orElseThrow(
                () ->
                    architectureRefused(
                        gguf,
                        "its architecture is "
                            + name
                            + ", and this llama.cpp (build 4916, early 2025) doesn't know it"));
    if (!makes.equals("text")) {
      throw architectureRefused(
          gguf, "its architecture is " + name + ", which makes " + makes + ", not answers");
    }
    List<String> parts =
        List.of("tokenizer.ggml.model", name + ".block_count", name + ".embedding_length");
    for (String part : parts) {
      if (!header.metadata().containsKey(part)) {
        throw architectureRefused(gguf, "the file has no " + part + ", so it is no whole model");
      }
    }
    if (header.text("general.type").orElse("model").equals("adapter")
        || header.tensors().isEmpty()) {
      throw architectureRefused(gguf, "the file is no whole model: an adapter, or a part of one");
    }
  }

  private static Refused architectureRefused(Path gguf, String why) {
    return new Refused(
        "model_not_supported",
        "Cannot run " + gguf.getFileName() + " with the embedded engine",
        why,
        "Take a GGUF of a family that it knows (Llama, Qwen2, Gemma 3, Phi 3, ...). "
            + OTHER_ENGINE);
  }

  private static long size(Path gguf) {
    try {
      return Files.size(gguf);
    } catch (IOException e) {
      throw new Refused(
          "model_unreadable",
          "Cannot read the model " + gguf.getFileName(),
          "its size can't be read",
          "Check model.source.");
    }
  }

  private static long mebibytes(long bytes) {
    return bytes >> 20;
  }
}
