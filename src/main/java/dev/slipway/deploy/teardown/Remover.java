package dev.slipway.deploy.teardown;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.Hosting;
import java.util.List;
import java.util.Set;

/** Begins to remove one thing. */
record Remover(Cloud cloud) {
  /** SageMaker deletes nothing that is in one of these states: it must be waited for. */
  private static final Set<String> TRANSIENT =
      Set.of("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting");

  /** Returns whether it has to reach another state first. */
  static boolean mustWait(Doomed thing) {
    return (thing.sort() == Sort.ENDPOINT || thing.sort() == Sort.COMPONENT)
        && TRANSIENT.contains(thing.detail());
  }

  /** Begins to remove it; nothing happens where it is gone already. */
  void remove(Doomed thing) {
    switch (thing.sort()) {
      case ALARM -> cloud.alarms().delete(List.of(thing.name()));
      case SCALING -> cloud.scaling().remove(thing.name(), thing.detail());
      case COMPONENT -> cloud.hosting().delete(Hosting.Kind.COMPONENT, thing.name());
      case ENDPOINT -> cloud.hosting().delete(Hosting.Kind.ENDPOINT, thing.name());
      case CONFIG -> cloud.hosting().delete(Hosting.Kind.ENDPOINT_CONFIG, thing.name());
      case MODEL -> cloud.hosting().delete(Hosting.Kind.MODEL, thing.name());
      case LOG_GROUP -> cloud.logs().delete(thing.name());
      case IMAGE -> cloud.images().delete(thing.place(), List.of(thing.name()));
      case UPLOAD, OBJECT, STACK -> throw new IllegalArgumentException("not one call: " + thing);
    }
  }
}
