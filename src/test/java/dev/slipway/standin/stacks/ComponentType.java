package dev.slipway.standin.stacks;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Hosting.Kind;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code AWS::SageMaker::InferenceComponent}. */
record ComponentType(Services services) implements ResourceType {
  @Override
  public boolean replaces(String property) {
    return property.equals("InferenceComponentName") || property.equals("EndpointName");
  }

  @Override
  public boolean taggable() {
    return true;
  }

  @Override
  public String create(Spec spec) {
    return services
        .hosting()
        .createComponent(
            spec.text("InferenceComponentName")
                .orElseGet(
                    () -> services.world().names().physical(spec.stack(), spec.logicalId(), 63)),
            ResourceType.last(
                spec.text("EndpointName").or(() -> spec.text("EndpointArn")).orElse("")),
            model(spec),
            copies(spec).orElse(1),
            spec.tags());
  }

  @Override
  public void update(String physicalId, Spec spec) {
    services.hosting().tag(physicalId, spec.tags());
    services.hosting().updateComponent(ResourceType.last(physicalId), model(spec), copies(spec));
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    Optional<Hosting.Component> component = describe(physicalId);
    if (component.isEmpty()) {
      return new Progress.Failed("The inference component was deleted meanwhile");
    }
    return switch (component.get().status()) {
      case "InService" -> new Progress.Done();
      case "Failed" ->
          new Progress.Failed(component.get().failureReason().orElse("The component failed"));
      default -> new Progress.Working();
    };
  }

  @Override
  public void delete(String physicalId) {
    services.hosting().delete(Kind.COMPONENT, ResourceType.last(physicalId));
  }

  @Override
  public Progress deletion(String physicalId) {
    return describe(physicalId).isPresent() ? new Progress.Working() : new Progress.Done();
  }

  @Override
  public String attribute(String physicalId, String name) {
    return name.endsWith("Arn") ? physicalId : ResourceType.last(physicalId);
  }

  private Optional<Hosting.Component> describe(String physicalId) {
    return services.hosting().component(ResourceType.last(physicalId));
  }

  private static String model(Spec spec) {
    return ResourceType.last(spec.properties().path("Specification").path("ModelName").asText(""));
  }

  private static OptionalInt copies(Spec spec) {
    var count = spec.properties().path("RuntimeConfig").path("CopyCount");
    return count.isMissingNode() ? OptionalInt.empty() : OptionalInt.of(count.asInt());
  }
}
