package dev.slipway.advise;

import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.FargateSize;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.plan.BesideNeed;
import dev.slipway.plan.Blueprint.Beside;
import dev.slipway.plan.Finding;
import dev.slipway.plan.Finding.Severity;
import dev.slipway.plan.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Checks whether a task holds the model that answers beside the service. */
final class BesideChecks {
  /** The most that Amazon ECR takes as one layer: 52,000 MiB, by its service quotas. */
  private static final long MOST_LAYER = 52_000L << 20;

  /** What an endpoint's keys say of a model beside the service, too. */
  private static final Set<String> HEEDED =
      Set.of("endpoint.kind", "endpoint.environment", "endpoint.scaling.concurrency");

  private final Manifest manifest;
  private final Lock lock;
  private final Beside beside;
  private final List<Finding> findings = new ArrayList<>();

  BesideChecks(Manifest manifest, Lock lock, Beside beside) {
    this.manifest = manifest;
    this.lock = lock;
    this.beside = beside;
  }

  List<Finding> findings() {
    memory();
    layer();
    idleKeys();
    return findings;
  }

  private void memory() {
    ApiSpec.Fargate size = manifest.api().fargate();
    if (beside.memoryBytes() <= size.memoryBytes()) {
      return;
    }
    findings.add(
        new Finding(
            "task_memory_too_small",
            Severity.REFUSE,
            "A task does not hold the model beside the service",
            "%s has %s; with what %d requests at a time keep, the engine and the service it takes"
                    .formatted(
                        lock.source(),
                        Sizes.gib(beside.bytes()),
                        Math.min(manifest.endpoint().scaling().concurrency(), BesideNeed.PARALLEL))
                + " about %s, and api.fargate.memory is %s"
                    .formatted(Sizes.gib(beside.memoryBytes()), Sizes.gib(size.memoryBytes())),
            FargateSize.holding(beside.memoryBytes(), size.cpu())
                .map(
                    enough ->
                        "Set "
                            + (enough.cpu() == size.cpu()
                                ? ""
                                : "api.fargate.cpu: %d and ".formatted(enough.cpu()))
                            + "api.fargate.memory: %dGiB; or lower endpoint.scaling.concurrency."
                                .formatted(enough.memoryBytes() >> 30))
                .orElse(
                    "Fargate has 120 GiB at most: take a smaller or more quantised GGUF, or set"
                        + " api.engine: endpoint.")));
  }

  private void layer() {
    if (beside.bytes() > MOST_LAYER) {
      findings.add(
          new Finding(
              "model_too_large",
              Severity.REFUSE,
              "The model does not fit into the service's image",
              "It has %s, and Amazon ECR takes layers of at most 52,000 MiB"
                  .formatted(Sizes.gib(beside.bytes())),
              "Take a smaller or more quantised GGUF, or set api.engine: endpoint."));
    }
  }

  /** One line switches to an endpoint and back, so its keys may stay. */
  private void idleKeys() {
    List<String> idle =
        manifest.changed().stream()
            .filter(key -> key.startsWith("endpoint.") && !HEEDED.contains(key))
            .sorted()
            .toList();
    if (!idle.isEmpty()) {
      findings.add(
          new Finding(
              "endpoint_not_made",
              Severity.INFO,
              "There is no endpoint for " + String.join(", ", idle),
              "api.engine is embedded: a model beside the service answers",
              "Nothing is to be done; they count again with api.engine: endpoint."));
    }
  }
}
