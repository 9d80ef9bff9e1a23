package dev.slipway.standin.stacks;

import dev.slipway.deploy.cloud.Scaling;
import java.util.List;

/** {@code AWS::ApplicationAutoScaling::ScalingPolicy}. */
record PolicyType(Services services) implements ResourceType {
  private static final String RESOURCE = ":resource/";

  @Override
  public boolean replaces(String property) {
    return switch (property) {
      case "PolicyName", "ResourceId", "ScalableDimension", "ScalingTargetId" -> true;
      default -> false;
    };
  }

  @Override
  public boolean taggable() {
    return false;
  }

  @Override
  public String create(Spec spec) {
    String[] target = spec.text("ScalingTargetId").orElse("").split("\\|", -1);
    boolean byTarget = target.length > 1;
    String resource = byTarget ? target[0] : spec.text("ResourceId").orElse("");
    String dimension = byTarget ? target[1] : spec.text("ScalableDimension").orElse("");
    String name = spec.text("PolicyName").orElse(spec.logicalId());
    boolean tracks = spec.text("PolicyType").orElse("").equals("TargetTrackingScaling");
    List<String> alarms =
        tracks
            ? List.of(
                "TargetTracking-" + resource + "-AlarmHigh-" + name,
                "TargetTracking-" + resource + "-AlarmLow-" + name)
            : List.of();
    services.scaling().put(new Scaling.Policy(name, resource, dimension, alarms));
    alarms.forEach(services.alarms()::create);
    return services
        .world()
        .region()
        .arn(
            "autoscaling",
            "scalingPolicy:"
                + services.world().names().id()
                + RESOURCE
                + dimension.substring(0, dimension.indexOf(':') + 1).replace(':', '/')
                + resource
                + ":policyName/"
                + name);
  }

  @Override
  public void update(String physicalId, Spec spec) {
    // What a policy does when is not simulated, so there is nothing to change.
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    return new Progress.Done();
  }

  @Override
  public void delete(String physicalId) {
    String rest = physicalId.substring(physicalId.indexOf(RESOURCE) + RESOURCE.length());
    rest = rest.substring(rest.indexOf('/') + 1);
    int cut = rest.lastIndexOf(":policyName/");
    String resource = rest.substring(0, cut);
    String name = ResourceType.last(rest);
    services.scaling().policies(resource).stream()
        .filter(policy -> policy.name().equals(name))
        .forEach(policy -> services.alarms().delete(policy.alarms()));
    services.scaling().removePolicy(name, resource);
  }

  @Override
  public Progress deletion(String physicalId) {
    return new Progress.Done();
  }

  @Override
  public String attribute(String physicalId, String name) {
    return physicalId;
  }
}
