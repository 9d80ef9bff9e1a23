package dev.slipway.deploy;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Manifest;
import java.util.Locale;
import java.util.Optional;

/** Names what a deployment is made of: the one place that does, so that names never drift. */
public final class ResourceNames {
  private final String base;
  private final boolean components;

  private ResourceNames(String base, boolean components) {
    this.base = base;
    this.components = components;
  }

  /** Returns the names of a manifest's deployment in its environment. */
  public static ResourceNames of(Manifest manifest) {
    String name = manifest.name().value();
    return new ResourceNames(
        manifest.environment().equals("default") ? name : name + "-" + manifest.environment(),
        manifest.endpoint() instanceof EndpointSpec.Realtime realtime && realtime.components());
  }

  /** Returns the endpoint's name, stable over updates. */
  public EndpointName endpoint() {
    return new EndpointName(base);
  }

  /**
   * Returns the name of the inference component that holds the model, absent where the endpoint
   * holds it itself.
   */
  public Optional<String> component() {
    return components ? Optional.of(base) : Optional.empty();
  }

  /** Returns the name of the bucket that the local target keeps asynchronous requests in. */
  public String localBucket() {
    return "slipway-" + base.toLowerCase(Locale.ROOT);
  }
}
