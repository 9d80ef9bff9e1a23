package dev.slipway.standin.hosting;

import dev.slipway.deploy.cloud.Scaling;
import dev.slipway.standin.kernel.AwsError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Application Auto Scaling. Not thread-safe: the simulation takes one call at a time. */
public final class SimulatedScaling implements Scaling {
  private final Map<String, Target> targets = new LinkedHashMap<>();
  private final List<Policy> policies = new ArrayList<>();

  @Override
  public List<Target> targets(List<String> resources) {
    return targets.values().stream()
        .filter(target -> resources.contains(target.resource()))
        .toList();
  }

  /** Lists all targets. */
  public List<Target> targets() {
    return List.copyOf(targets.values());
  }

  @Override
  public List<Policy> policies(String resource) {
    return policies.stream().filter(policy -> policy.resource().equals(resource)).toList();
  }

  /** Lists all policies. */
  public List<Policy> policies() {
    return List.copyOf(policies);
  }

  @Override
  public void bounds(Target target) {
    if (target.min() > target.max()) {
      throw AwsError.refused("Maximum capacity cannot be less than minimum capacity");
    }
    targets.put(key(target.resource(), target.dimension()), target);
  }

  /** Makes a policy, or puts another in its place. */
  public void put(Policy policy) {
    if (!targets.containsKey(key(policy.resource(), policy.dimension()))) {
      throw new AwsError(
          400,
          "ObjectNotFoundException",
          "No scalable target registered for service namespace: "
              + policy.dimension().split(":", 2)[0]
              + ", resource ID: "
              + policy.resource()
              + ", scalable dimension: "
              + policy.dimension());
    }
    removePolicy(policy.name(), policy.resource());
    policies.add(policy);
  }

  /** Takes a policy away; returns whether there was one. */
  public boolean removePolicy(String name, String resource) {
    return policies.removeIf(
        policy -> policy.name().equals(name) && policy.resource().equals(resource));
  }

  @Override
  public void remove(String resource, String dimension) {
    targets.remove(key(resource, dimension));
    policies.removeIf(
        policy -> policy.resource().equals(resource) && policy.dimension().equals(dimension));
  }

  private static String key(String resource, String dimension) {
    return resource + "|" + dimension;
  }
}
