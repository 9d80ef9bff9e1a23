package dev.slipway.manifest;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Says which of a manifest's settings change nothing on this machine, so that none is passed over
 * in silence. Keys at their defaults are never named.
 *
 * @param notSimulated keys, or sections of them, that only Amazon SageMaker acts on
 */
public record LocalUse(List<String> notSimulated) {
  /** What the local target has no counterpart of. */
  static final Set<Key<?>> CLOUD_ONLY =
      Set.of(
          ManifestKeys.REGION,
          ManifestKeys.TAGS,
          ManifestKeys.EXPIRES,
          EndpointKeys.INSTANCE,
          EndpointKeys.OUTPUT,
          EndpointKeys.SUCCESS,
          EndpointKeys.ERROR,
          EndpointKeys.SUBNETS,
          EndpointKeys.SECURITY_GROUPS,
          EndpointKeys.ISOLATION,
          EndpointKeys.KMS_KEY,
          EndpointKeys.CAPTURE,
          ScalingKeys.MIN,
          ScalingKeys.MAX,
          ScalingKeys.COOLDOWN_IN,
          ScalingKeys.COOLDOWN_OUT,
          ScalingKeys.SCHEDULE,
          UpdateKeys.STRATEGY,
          UpdateKeys.STEP,
          UpdateKeys.WAIT,
          UpdateKeys.ALARMS,
          UpdateKeys.TIMEOUT,
          ApiKeys.FALLBACK,
          FargateKeys.VPC,
          FargateKeys.SUBNETS,
          FargateKeys.CPU,
          FargateKeys.MEMORY,
          FargateKeys.MIN,
          FargateKeys.MAX,
          FargateKeys.REQUESTS,
          FargateKeys.LOG_DAYS,
          FargateKeys.BALANCER_SUBNETS,
          FargateKeys.OPEN,
          FargateKeys.CERTIFICATE,
          FargateKeys.ALLOW,
          ServiceKeys.QUESTIONS,
          ServiceKeys.GATE);

  /** What the local target acts on with one of its engines only. */
  static final Set<Key<?>> BY_ENGINE = Set.of(EndpointKeys.SERVER, EndpointKeys.ENVIRONMENT);

  /** Copies the list. */
  public LocalUse {
    notSimulated = List.copyOf(notSimulated);
  }

  /** Looks at what a manifest changes. */
  public static LocalUse of(Manifest manifest) {
    Hosting hosting = manifest.endpoint().hosting();
    Stream<Key<?>> byEngine =
        switch (hosting.engine()) {
          // llama.cpp plays the container, whatever serves the model in the cloud.
          case Hosting.Engine.Embedded _ ->
              hosting.server() instanceof Hosting.Server.LlamaCpp
                  ? Stream.of()
                  : Stream.of(EndpointKeys.SERVER);
          // A server that runs already has its variables.
          case Hosting.Engine.Proxy _ -> BY_ENGINE.stream();
        };
    return new LocalUse(named(manifest, Stream.concat(CLOUD_ONLY.stream(), byEngine)));
  }

  private static List<String> named(Manifest manifest, Stream<Key<?>> keys) {
    Set<String> paths = keys.map(Key::path).collect(java.util.stream.Collectors.toSet());
    return manifest.changed().stream()
        .filter(paths::contains)
        .map(LocalUse::section)
        .distinct()
        .toList();
  }

  /** Shortens {@code endpoint.scaling.cooldown.in} to {@code endpoint.scaling}. */
  private static String section(String path) {
    String[] parts = path.split("\\.", -1);
    // Of endpoint.async some keys count here, so that its name alone would say too much.
    int most = path.startsWith("endpoint.async.") ? 3 : 2;
    return String.join(".", List.of(parts).subList(0, Math.min(most, parts.length)));
  }
}
