package dev.slipway.deploy;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.manifest.Manifest;

/** Names what a deployment is made of: the one place that does, so that names never drift. */
public final class ResourceNames {
  private final String base;

  private ResourceNames(String base) {
    this.base = base;
  }

  /** Returns the names of a manifest's deployment in its environment. */
  public static ResourceNames of(Manifest manifest) {
    String name = manifest.name().value();
    return new ResourceNames(
        manifest.environment().equals("default") ? name : name + "-" + manifest.environment());
  }

  /** Returns the endpoint's name, stable over updates. */
  public EndpointName endpoint() {
    return new EndpointName(base);
  }

  /** Returns the name of the inference component that holds the model. */
  public String component() {
    return base;
  }

  /** Returns the name of the bucket that the local target keeps asynchronous requests in. */
  public String localBucket() {
    return "slipway-" + base.toLowerCase(java.util.Locale.ROOT);
  }
}
