package dev.slipway.deploy;

import dev.slipway.deploy.cloud.ContainerLogs.Line;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads container logs for known causes of containers that don't start, and says them with their
 * remedy. Pure.
 */
final class ContainerDiagnosis {

  /**
   * One known cause.
   *
   * @param pattern finds it in a line
   */
  private record Known(Pattern pattern, Diagnosis diagnosis) {}

  /** The most telling first: an engine that runs out of memory leaves a traceback too. */
  private static final List<Known> CAUSES =
      List.of(
          known(
              "cuda driver version is insufficient|unsatisfied condition: cuda"
                  + "|forward compatibility was attempted|provided ptx was compiled with"
                  + "|requires? (a newer |an? )?(nvidia )?driver"
                  + "|nvidia driver on your system is too old",
              "cuda_driver",
              "The image's CUDA needs a newer host driver than the instance has.",
              "Take an image whose CUDA fits, or one that the catalog knows an InferenceAmiVersion"
                  + " for; `slipway plan` shows both."),
          known(
              "no cuda gpus are available|found no nvidia driver|cuda_error_no_device"
                  + "|no cuda-capable device",
              "no_gpu",
              "The container found no GPU.",
              "Choose an instance type with a GPU in endpoint.instance."),
          known(
              "no available memory for the cache blocks|max seq len .* is larger than the maximum"
                  + "|kv cache .* (needed|is larger)|to increase gpu_memory_utilization",
              "context_memory",
              "The model's context window needs more GPU memory than is left beside its weights.",
              "Set SM_VLLM_MAX_MODEL_LEN in endpoint.environment to a shorter window, or choose a"
                  + " larger instance."),
          known(
              "cuda out of memory|outofmemoryerror|cuda error: out of memory"
                  + "|cublas_status_alloc_failed",
              "gpu_memory",
              "The model doesn't fit into the GPU's memory.",
              "Choose an instance with more GPU memory in endpoint.instance, or a quantized"
                  + " model."),
          known(
              "signal 9|exit code 137|oom-?kill|out of memory: killed|bad_alloc"
                  + "|defaultcpuallocator: can't allocate",
              "host_memory",
              "The container was killed because the instance's memory ran out.",
              "Choose an instance with more memory in endpoint.instance."),
          known(
              "trust_remote_code|remote code",
              "remote_code",
              "The model needs Python from its repository to load.",
              "Look at that code first; then name it in model.allow: [remote-code]."),
          known(
              "model architectures? .* (not|aren't) supported|does not recognize this architecture"
                  + "|unknown architecture|unsupported architecture",
              "architecture",
              "The serving software doesn't know this model's architecture.",
              "Set endpoint.server to a newer image, or to another server."),
          known(
              "bfloat16 is only supported on gpus with compute capability",
              "dtype",
              "The instance's GPU can't compute in bfloat16.",
              "Set SM_VLLM_DTYPE: half in endpoint.environment, or choose a newer GPU."),
          known(
              "gatedrepo|401 client error|403 client error|access to model .* is restricted",
              "hub_access",
              "The container tried to fetch the model from its registry and was refused.",
              "Mirrored models need no network: remove the variables of endpoint.environment that"
                  + " name a remote model."),
          known(
              "error while deserializing header|safetensors_rust|invalidheader|headertoo"
                  + "|unexpected eof|pytorchstreamreader failed",
              "model_file",
              "A file of the model can't be read.",
              "Check it with `slipway model verify`, then deploy again."),
          known(
              "no such file or directory|filenotfounderror|does not appear to have a file named"
                  + "|is not a valid (directory|repo)|can't load tokenizer|cannot find .*model",
              "file_missing",
              "The container misses a file.",
              "Name it in model.files, or set what endpoint.environment points to."),
          known(
              "permission denied|permissionerror|access ?denied",
              "permission",
              "The container may not read or write something that it needs.",
              "Check the image's user, and the execution role's access to the model's bucket and"
                  + " key."),
          known(
              "unrecognized arguments|invalid choice|error: argument|validation error for",
              "arguments",
              "The serving software doesn't take one of its settings.",
              "Correct the variables of endpoint.environment; `slipway logs` shows which."),
          known(
              "address already in use|exec format error",
              "image",
              "The image can't start on this instance.",
              "Build it for linux/amd64 with one server that listens on port 8080."),
          known(
              "modulenotfounderror|importerror|undefined symbol",
              "image_software",
              "Software is missing inside the image, or doesn't fit the rest of it.",
              "Take another version of the image in endpoint.server."),
          known(
              "cuda error|cudnn|nccl (error|warn)|xid",
              "cuda",
              "The GPU software failed.",
              "Try another instance type or image; `slipway logs` shows the whole error."),
          known(
              "traceback \\(most recent call last\\)|engine core initialization failed"
                  + "|engine process failed to start|workererror|segmentation fault|panicked at",
              "crashed",
              "The serving software crashed while it started.",
              "`slipway logs` shows the whole error."),
          known(
              "health check|/ping .*(timeout|failed|50\\d)|did not pass the ping",
              "health_check",
              "The container doesn't answer its health check.",
              "See with `slipway logs` how far it came; a user's own image must answer GET /ping on"
                  + " port 8080."));

  /** How often a container begins anew until that is worth saying. */
  private static final int RESTARTS = 3;

  private static final Pattern START =
      Pattern.compile(
          "starting (vllm|the )?.*server|started server process|launching|vllm api server version"
              + "|serving container (is )?start",
          Pattern.CASE_INSENSITIVE);

  private ContainerDiagnosis() {}

  private static Known known(String pattern, String code, String cause, String remedy) {
    return new Known(
        Pattern.compile(pattern, Pattern.CASE_INSENSITIVE),
        new Diagnosis("container_" + code, cause, remedy));
  }

  /** Returns whether a line is worth showing while everybody waits. */
  static boolean smells(Line line) {
    return CAUSES.stream().anyMatch(known -> known.pattern().matcher(line.text()).find());
  }

  /** Returns the most telling cause that the lines show; absent if they show none. */
  static Optional<Diagnosis> of(List<Line> lines) {
    for (Known known : CAUSES) {
      if (lines.stream().anyMatch(line -> known.pattern().matcher(line.text()).find())) {
        return Optional.of(known.diagnosis());
      }
    }
    return restarts(lines);
  }

  private static Optional<Diagnosis> restarts(List<Line> lines) {
    return lines.stream()
        .filter(line -> START.matcher(line.text()).find())
        .collect(
            java.util.stream.Collectors.groupingBy(
                Line::stream, java.util.stream.Collectors.counting()))
        .values()
        .stream()
        .filter(count -> count >= RESTARTS)
        .findFirst()
        .map(
            count ->
                new Diagnosis(
                    "container_restarts",
                    "The container started " + count + " times and never stayed up.",
                    "`slipway logs` shows its last words before each end."));
  }
}
