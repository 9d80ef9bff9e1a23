package dev.slipway.advise;

import dev.slipway.catalog.Catalog;
import dev.slipway.catalog.HostingLimits;
import dev.slipway.catalog.InstanceType;
import dev.slipway.manifest.Hosting.Server;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Finding;
import dev.slipway.plan.Finding.Severity;
import dev.slipway.plan.GpuNeed;
import dev.slipway.plan.InstanceChoice;
import dev.slipway.plan.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks whether instances hold the model, and its server can load it. */
final class ModelChecks {
  private final Manifest manifest;
  private final Lock lock;
  private final String region;
  private final Blueprint.Endpoint endpoint;
  private final Catalog catalog;
  private final Server server;
  private final GpuNeed need;
  private final List<Finding> findings = new ArrayList<>();

  ModelChecks(
      Manifest manifest, Lock lock, String region, Blueprint.Endpoint endpoint, Catalog catalog) {
    this.manifest = manifest;
    this.lock = lock;
    this.region = region;
    this.endpoint = endpoint;
    this.catalog = catalog;
    this.server = manifest.endpoint().hosting().server();
    this.need = GpuNeed.of(lock);
  }

  List<Finding> findings() {
    for (String name : endpoint.instances()) {
      Optional<InstanceType> instance = catalog.instance(name);
      if (instance.isPresent()) {
        memory(instance.get());
      } else {
        unknown(name);
      }
    }
    unlike();
    capacity();
    volume();
    formats();
    return findings;
  }

  private void memory(InstanceType instance) {
    // What an image of the user's own takes isn't known.
    if (server instanceof Server.Image || InstanceChoice.fits(need, server, instance)) {
      return;
    }
    boolean tight = !(server instanceof Server.Tei) && need.barelyFits(instance);
    String options = InstanceAdvice.named(lock, server, region);
    findings.add(
        tight
            ? new Finding(
                "memory_tight",
                Severity.WARN,
                "%s holds the model with a short window only".formatted(instance.name()),
                "%s; about %,d tokens fit"
                    .formatted(
                        InstanceAdvice.why(need, instance),
                        need.tokensOn(instance, instance.gpus())),
                next(options))
            : new Finding(
                "model_too_large",
                Severity.REFUSE,
                "%s does not hold the model".formatted(instance.name()),
                InstanceAdvice.why(need, instance),
                next(options)));
  }

  private static String next(String options) {
    return options.isEmpty()
        ? "Serve a quantized version of the model."
        : "Set endpoint.instance to one of " + options + ", or to auto.";
  }

  private void unknown(String name) {
    boolean neuron = name.matches("ml\\.(inf|trn)[0-9].*");
    boolean published = !(server instanceof Server.Image);
    findings.add(
        neuron && published
            ? new Finding(
                "instance_without_gpu",
                Severity.REFUSE,
                name + " has no NVIDIA GPU",
                "The server's image needs one; this type has AWS's own accelerators.",
                "Set endpoint.instance to a type with GPUs, or endpoint.server to an image for"
                    + " Neuron.")
            : new Finding(
                "instance_unknown",
                Severity.WARN,
                "The catalog doesn't know " + name,
                "Whether it holds the model was not checked, and one GPU was assumed.",
                "Check its memory: the model takes about %s. Set the server's parallelism in"
                        .formatted(Sizes.gib(need.totalBytes()))
                    + " endpoint.environment."));
  }

  /** All types of a list share one container's variables. */
  private void unlike() {
    List<InstanceType> known =
        endpoint.instances().stream().flatMap(name -> catalog.instance(name).stream()).toList();
    if (known.stream().map(InstanceType::gpus).distinct().count() > 1) {
      findings.add(
          new Finding(
              "instances_differ",
              Severity.WARN,
              "The instance types have different numbers of GPUs",
              known.stream()
                      .map(each -> each.name() + ": " + each.gpus())
                      .collect(Collectors.joining(", "))
                  + "; the model runs on %d of them everywhere"
                      .formatted(endpoint.startup().accelerators()),
              "List types with the same number, or the rest is paid for and idle."));
    }
  }

  private void capacity() {
    Optional<InstanceType> only =
        Optional.of(endpoint.instances())
            .filter(instances -> instances.size() == 1)
            .flatMap(instances -> catalog.instance(instances.getFirst()))
            .filter(instance -> instance.gpus() > 0);
    only.flatMap(first -> InstanceAdvice.fallback(first, need, server, region))
        .ifPresent(
            list ->
                findings.add(
                    new Finding(
                        "no_fallback",
                        Severity.INFO,
                        "There is nothing to fall back to if %s has no capacity"
                            .formatted(endpoint.instances().getFirst()),
                        "GPU instances run out at times (InsufficientInstanceCapacity), and a"
                            + " deploy then waits and fails",
                        "Set endpoint.instance: " + list + ".")));
  }

  private void volume() {
    boolean onVolume = endpoint.startup().volumeGb().isPresent();
    long most = HostingLimits.VOLUME_GB.value();
    if (onVolume && endpoint.model().bytes() > most * 1_000_000_000L) {
      findings.add(
          new Finding(
              "volume_too_small",
              Severity.REFUSE,
              "The model doesn't fit on the instance's disk",
              "It has %s, and volumes have at most %d GB"
                  .formatted(Sizes.gib(endpoint.model().bytes()), most),
              "Set endpoint.instance to a type with local disks."));
    }
  }

  private void formats() {
    boolean gguf = lock.files().stream().anyMatch(file -> file.path().endsWith(".gguf"));
    boolean safetensors =
        lock.files().stream().anyMatch(file -> file.path().endsWith(".safetensors"));
    if (gguf && !safetensors && !(server instanceof Server.Image)) {
      findings.add(
          new Finding(
              "gguf_model",
              server instanceof Server.Vllm ? Severity.WARN : Severity.REFUSE,
              "The model is a GGUF",
              server instanceof Server.Vllm
                  ? "vLLM loads GGUF models of one file, calls that experimental, and runs them"
                      + " slower than safetensors"
                  : "lmi and tei don't load GGUF models",
              "Serve the safetensors version of %s.".formatted(lock.source())));
    }
    if (endpoint.model().archive()) {
      findings.add(
          new Finding(
              "packed_model",
              Severity.WARN,
              "The model is packed",
              "Each new instance unpacks %s before it starts, on one core"
                  .formatted(Sizes.gib(endpoint.model().bytes())),
              "Point model.source at the unpacked files."));
    }
    boolean half =
        endpoint.container().environment().getOrDefault("SM_VLLM_DTYPE", "").equals("half")
            && !manifest.endpoint().hosting().environment().containsKey("SM_VLLM_DTYPE");
    if (half) {
      findings.add(
          new Finding(
              "half_floats",
              Severity.INFO,
              "The model runs with float16 instead of bfloat16",
              "The GPUs of %s have no bfloat16".formatted(endpoint.instances()),
              "If answers are poor, set endpoint.instance to a type with newer GPUs (g5, g6)."));
    }
  }
}
