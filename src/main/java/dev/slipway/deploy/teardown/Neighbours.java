package dev.slipway.deploy.teardown;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.failure.CloudFailure;
import dev.slipway.manifest.DeploymentName;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.ResourceNames;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds the other environments of a deployment that still need its store. */
record Neighbours(Cloud cloud, ResourceNames names, Exclusion exclusion) {

  /**
   * Lists their names: those with a stack, by its tags or by what the store remembers, and those
   * that somebody holds the lock of, because a deploy can have begun.
   */
  List<String> alive(Store store) {
    Set<String> alive = new TreeSet<>();
    for (Stacks.Stack stack :
        cloud.stacks().tagged(Map.of(ResourceNames.DEPLOYMENT_TAG, names.deployment()))) {
      if (!Set.of(names.endpointStack(), names.serviceStack(), store.stack())
          .contains(stack.name())) {
        alive.add(stack.tags().getOrDefault(ResourceNames.ENVIRONMENT_TAG, stack.name()));
      }
    }
    store
        .bucket()
        .ifPresent(
            name -> {
              try (Bucket bucket = cloud.bucket(name)) {
                for (String environment : remembered(bucket)) {
                  ResourceNames other =
                      ResourceNames.of(new DeploymentName(names.deployment()), environment);
                  if (cloud.stacks().find(other.endpointStack()).isPresent()
                      || cloud.stacks().find(other.serviceStack()).isPresent()
                      || exclusion.held(bucket, other.lockKey())) {
                    alive.add(environment);
                  }
                }
              }
            });
    alive.remove(names.environment());
    return List.copyOf(alive);
  }

  private Set<String> remembered(Bucket bucket) {
    Set<String> environments = new TreeSet<>();
    try {
      for (Bucket.Item item : bucket.list("")) {
        String[] path = item.key().split("/", -1);
        if (path.length > 2 && !path[0].equals("models")) {
          environments.add(path[1]);
        } else if (path.length == 2 && path[0].equals("locks")) {
          environments.add(path[1].replaceFirst("\\.json$", ""));
        }
      }
    } catch (CloudFailure failure) {
      if (failure.kind() != CloudFailure.Kind.NOT_FOUND) {
        throw failure;
      }
    }
    environments.remove(names.environment());
    // What else may lie there names no environment.
    environments.removeIf(name -> !name.matches("[A-Za-z0-9][A-Za-z0-9_-]*"));
    return environments;
  }
}
