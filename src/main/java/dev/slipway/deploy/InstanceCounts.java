package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.CloudFailure;
import dev.slipway.manifest.Scaling;
import dev.slipway.plan.ResourceNames;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Keeps how many instances, or copies, an endpoint was scaled to over an update. */
final class InstanceCounts {
  private final Collaborators with;
  private final ResourceNames names;
  private final Map<String, Integer> desired = new HashMap<>();
  private final OptionalInt copies;

  private InstanceCounts(Collaborators with, ResourceNames names, EndpointName endpoint) {
    this.with = with;
    this.names = names;
    with.cloud().hosting().endpoint(endpoint).stream()
        .flatMap(found -> found.variants().stream())
        .forEach(variant -> desired.put(variant.name(), variant.desired()));
    this.copies =
        names.component().flatMap(with.cloud().hosting()::component).stream()
            .mapToInt(Hosting.Component::copiesDesired)
            .findFirst();
  }

  /** Remembers how many there are before a change. */
  static InstanceCounts before(Collaborators with, ResourceNames names, EndpointName endpoint) {
    return new InstanceCounts(with, names, endpoint);
  }

  /** Puts back what the update took away, as far as the bounds allow. */
  void restore(EndpointName endpoint, Scaling bounds) {
    try {
      if (names.component().isPresent()) {
        names.component().ifPresent(component -> restoreCopies(component, bounds));
        return;
      }
      with.cloud().hosting().endpoint(endpoint).stream()
          .flatMap(found -> found.variants().stream())
          .forEach(variant -> restore(endpoint, variant, bounds));
    } catch (CloudFailure refused) {
      with.warn(
          "The endpoint's scale from before the update could not be put back: "
              + refused.getMessage()
              + " Autoscaling raises it by itself.");
    }
  }

  private void restore(EndpointName endpoint, Hosting.Variant variant, Scaling bounds) {
    int wanted = Math.min(desired.getOrDefault(variant.name(), 0), bounds.max());
    if (wanted > variant.desired()) {
      with.note("The update set %s back; scaling it to %d again".formatted(endpoint, wanted));
      with.cloud().hosting().resize(endpoint, variant.name(), wanted);
    }
  }

  private void restoreCopies(String component, Scaling bounds) {
    int wanted = Math.min(copies.orElse(0), bounds.max());
    with.cloud()
        .hosting()
        .component(component)
        .filter(now -> wanted > now.copiesDesired())
        .ifPresent(_ -> with.cloud().hosting().resizeComponent(component, wanted));
  }
}
