package dev.slipway.plan;

import dev.slipway.catalog.HostingLimits;
import dev.slipway.catalog.InstanceType;
import dev.slipway.failure.Refused;
import dev.slipway.manifest.Hosting;
import dev.slipway.manifest.Hosting.Server;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides the variables of a container: those that its server needs, then the manifest's over them.
 */
final class ContainerVariables {
  /** Where SageMaker puts the model's files. */
  static final String MODEL_FOLDER = "/opt/ml/model";

  private final Lock lock;
  private final boolean remoteCode;
  private final List<InstanceType> instances;
  private final int gpus;

  /**
   * Prepares the variables of one deployment.
   *
   * @param instances the known ones of those that may host it
   * @param gpus how many of them one copy of the model runs on
   */
  ContainerVariables(Lock lock, boolean remoteCode, List<InstanceType> instances, int gpus) {
    this.lock = lock;
    this.remoteCode = remoteCode;
    this.instances = List.copyOf(instances);
    this.gpus = gpus;
  }

  /**
   * Returns the variables.
   *
   * @throws Refused if SageMaker would not take them
   */
  Map<String, String> of(Hosting hosting) {
    Map<String, String> variables = new TreeMap<>(server(hosting.server()));
    variables.putAll(hosting.environment());
    check(variables);
    return variables;
  }

  private Map<String, String> server(Server server) {
    return switch (server) {
      case Server.Vllm _ -> vllm();
      case Server.Lmi _ -> lmi();
      case Server.Tei _ -> Map.of("HF_MODEL_ID", MODEL_FOLDER);
      case Server.Image _, Server.LlamaCpp _ -> Map.of();
    };
  }

  private Map<String, String> vllm() {
    Map<String, String> variables = new TreeMap<>();
    variables.put("SM_VLLM_MODEL", model());
    // Without it the server listens on loopback, and the health check never reaches it.
    variables.put("SM_VLLM_HOST", "0.0.0.0");
    variables.put("SM_VLLM_TENSOR_PARALLEL_SIZE", Integer.toString(Math.max(1, gpus)));
    window("SM_VLLM_MAX_MODEL_LEN", variables);
    if (halfFloats()) {
      variables.put("SM_VLLM_DTYPE", "half");
    }
    if (remoteCode) {
      variables.put("SM_VLLM_TRUST_REMOTE_CODE", "true");
    }
    return variables;
  }

  private Map<String, String> lmi() {
    Map<String, String> variables = new TreeMap<>();
    variables.put("HF_MODEL_ID", MODEL_FOLDER);
    variables.put("TENSOR_PARALLEL_DEGREE", Integer.toString(Math.max(1, gpus)));
    window("OPTION_MAX_MODEL_LEN", variables);
    if (halfFloats()) {
      variables.put("OPTION_DTYPE", "fp16");
    }
    if (remoteCode) {
      variables.put("OPTION_TRUST_REMOTE_CODE", "true");
    }
    return variables;
  }

  /** vLLM opens a folder, or the file of a GGUF model. */
  private String model() {
    return lock.files().stream()
        .map(ModelFile::path)
        .filter(path -> path.toLowerCase(Locale.ROOT).endsWith(".gguf"))
        .filter(
            path -> lock.files().stream().noneMatch(each -> each.path().endsWith(".safetensors")))
        .findFirst()
        .map(path -> MODEL_FOLDER + "/" + path)
        .orElse(MODEL_FOLDER);
  }

  /**
   * Sets the window: the model's own, or what fits on the smallest of the instances, since vLLM
   * doesn't start when its cache can't hold one whole window.
   */
  private void window(String variable, Map<String, String> variables) {
    GpuNeed need = GpuNeed.of(lock);
    if (need.contextLength().isEmpty()) {
      return;
    }
    long fits =
        instances.stream()
            .filter(instance -> instance.gpus() >= gpus)
            .mapToLong(instance -> need.tokensOn(instance, gpus))
            .min()
            .orElse(Long.MAX_VALUE);
    long window = Math.min(need.contextLength().getAsInt(), Math.max(fits, GpuNeed.LEAST_TOKENS));
    variables.put(variable, Long.toString(window));
  }

  /** GPUs before Ampere have no bfloat16, and vLLM refuses to start rather than cast. */
  private boolean halfFloats() {
    boolean brain = lock.facts().dtype().map(ContainerVariables::isBfloat16).orElse(false);
    return brain
        && instances.stream()
            .anyMatch(each -> each.gpu().map(gpu -> !gpu.hasBfloat16()).orElse(false));
  }

  private static boolean isBfloat16(String dtype) {
    return List.of("bfloat16", "bf16").contains(dtype.toLowerCase(Locale.ROOT));
  }

  /**
   * Checks SageMaker's limits.
   *
   * @throws Refused naming the variables, never their values
   */
  static void check(Map<String, String> variables) {
    if (variables.size() > HostingLimits.VARIABLES.value()) {
      throw refusal(
          "it has %d variables with those of the server; SageMaker takes %d"
              .formatted(variables.size(), HostingLimits.VARIABLES.value()));
    }
    long all = 0;
    for (Map.Entry<String, String> each : variables.entrySet()) {
      int length = bytes(each.getValue());
      if (length > HostingLimits.VARIABLE.value()) {
        throw refusal(
            "%s has %,d bytes; SageMaker takes %,d"
                .formatted(each.getKey(), length, HostingLimits.VARIABLE.value()));
      }
      all += bytes(each.getKey()) + length;
    }
    if (all > HostingLimits.ALL_VARIABLES.value()) {
      throw refusal(
          "all together have %,d bytes with those of the server; SageMaker takes %,d"
              .formatted(all, HostingLimits.ALL_VARIABLES.value()));
    }
  }

  private static Refused refusal(String why) {
    return new Refused(
        "environment_too_large",
        "Cannot give the container its variables",
        why + ".",
        "Shorten endpoint.environment; long settings can lie in a file beside the model.");
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
