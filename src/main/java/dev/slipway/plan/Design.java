package dev.slipway.plan;

import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelSpec.Allowance;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Decides what a deployment is made of. */
public final class Design {
  private Design() {}

  /** Decides, purely: the same arguments give the same blueprint. */
  public static Blueprint of(Manifest manifest, Lock lock, String region) {
    ResourceNames names = ResourceNames.of(manifest);
    long bytes = lock.files().stream().mapToLong(file -> file.size()).sum();
    return new Blueprint(
        names,
        region,
        manifest.endpoint(),
        manifest.endpoint().hosting().instances(),
        new Blueprint.ModelData(
            ResourceNames.modelsPrefix() + lock.commit() + "/",
            false,
            bytes,
            manifest.model().allow().contains(Allowance.REMOTE_CODE)),
        new Blueprint.Container(
            "763104351884.dkr.ecr." + region + ".amazonaws.com/huggingface-vllm:0.21.0",
            manifest.endpoint().hosting().environment(),
            Optional.empty()),
        new Blueprint.Startup(
            Duration.ofMinutes(10), Duration.ofMinutes(10), OptionalInt.empty(), 1, 1024),
        Map.of(
            ResourceNames.DEPLOYMENT_TAG, names.deployment(),
            ResourceNames.ENVIRONMENT_TAG, names.environment()));
  }
}
