package dev.slipway.standin.stacks;

import dev.slipway.deploy.cloud.Scaling;

/** {@code AWS::ApplicationAutoScaling::ScalableTarget}. */
record TargetType(Services services) implements ResourceType {
  @Override
  public boolean replaces(String property) {
    return switch (property) {
      case "ResourceId", "ScalableDimension", "ServiceNamespace" -> true;
      default -> false;
    };
  }

  @Override
  public boolean taggable() {
    return false;
  }

  @Override
  public String create(Spec spec) {
    String id =
        spec.text("ResourceId").orElse("")
            + "|"
            + spec.text("ScalableDimension").orElse("")
            + "|"
            + spec.text("ServiceNamespace").orElse("sagemaker");
    update(id, spec);
    return id;
  }

  @Override
  public void update(String physicalId, Spec spec) {
    String[] parts = physicalId.split("\\|", -1);
    services
        .scaling()
        .bounds(
            new Scaling.Target(
                parts[0],
                parts[1],
                spec.properties().path("MinCapacity").asInt(),
                spec.properties().path("MaxCapacity").asInt()));
    if (parts[2].equals("ecs")) {
      services.containers().atLeast(parts[0], spec.properties().path("MinCapacity").asInt());
    }
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    return new Progress.Done();
  }

  @Override
  public void delete(String physicalId) {
    String[] parts = physicalId.split("\\|", -1);
    services.scaling().remove(parts[0], parts[1]);
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
