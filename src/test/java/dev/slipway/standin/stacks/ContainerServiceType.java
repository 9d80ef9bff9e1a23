package dev.slipway.standin.stacks;

/** {@code AWS::ECS::Service}. */
record ContainerServiceType(Services services) implements ResourceType {
  @Override
  public boolean replaces(String property) {
    return switch (property) {
      case "Cluster", "ServiceName", "LaunchType" -> true;
      default -> false;
    };
  }

  @Override
  public boolean taggable() {
    return true;
  }

  @Override
  public String create(Spec spec) {
    String name = services.world().names().physical(spec.stack(), spec.logicalId(), 255);
    String cluster = spec.text("Cluster").orElse("default");
    String arn = services.world().region().arn("ecs", "service/" + cluster + "/" + name);
    services.containers().deploy(arn);
    return arn;
  }

  @Override
  public void update(String physicalId, Spec spec) {
    services.containers().deploy(physicalId);
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    return new Progress.Done();
  }

  @Override
  public void delete(String physicalId) {
    services.containers().remove(physicalId);
  }

  @Override
  public Progress deletion(String physicalId) {
    return new Progress.Done();
  }

  @Override
  public String attribute(String physicalId, String name) {
    return name.equals("Name") ? ResourceType.last(physicalId) : physicalId;
  }
}
