package dev.slipway.standin.stacks;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Hosting.Kind;
import dev.slipway.endpoint.EndpointName;
import java.util.Optional;

/** {@code AWS::SageMaker::Endpoint}. */
record EndpointType(Services services) implements ResourceType {
  @Override
  public boolean replaces(String property) {
    return property.equals("EndpointName");
  }

  @Override
  public boolean taggable() {
    return true;
  }

  @Override
  public String create(Spec spec) {
    return services
        .hosting()
        .createEndpoint(
            spec.text("EndpointName")
                .orElseGet(
                    () -> services.world().names().physical(spec.stack(), spec.logicalId(), 63)),
            config(spec),
            spec.tags());
  }

  @Override
  public void update(String physicalId, Spec spec) {
    services.hosting().tag(physicalId, spec.tags());
    String config = config(spec);
    if (!describe(physicalId).map(Hosting.Endpoint::config).equals(Optional.of(config))) {
      services
          .hosting()
          .updateEndpoint(
              ResourceType.last(physicalId),
              config,
              spec.properties().path("RetainAllVariantProperties").asBoolean(false));
    } else {
      services.hosting().forgetRollback(ResourceType.last(physicalId));
    }
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    Optional<Hosting.Endpoint> endpoint = describe(physicalId);
    if (endpoint.isEmpty()) {
      return new Progress.Failed("The endpoint was deleted meanwhile");
    }
    return switch (endpoint.get().status()) {
      case "InService" -> inService(physicalId);
      case "Failed", "UpdateRollbackFailed" ->
          new Progress.Failed(endpoint.get().failureReason().orElse("The endpoint failed"));
      default -> new Progress.Working();
    };
  }

  private Progress inService(String physicalId) {
    return services
        .hosting()
        .rolledBack(ResourceType.last(physicalId))
        .<Progress>map(Progress.Failed::new)
        .orElseGet(Progress.Done::new);
  }

  @Override
  public void delete(String physicalId) {
    services.hosting().delete(Kind.ENDPOINT, ResourceType.last(physicalId));
  }

  @Override
  public Progress deletion(String physicalId) {
    return describe(physicalId).isPresent() ? new Progress.Working() : new Progress.Done();
  }

  @Override
  public String attribute(String physicalId, String name) {
    return ResourceType.last(physicalId);
  }

  private Optional<Hosting.Endpoint> describe(String physicalId) {
    return services.hosting().endpoint(new EndpointName(ResourceType.last(physicalId)));
  }

  private static String config(Spec spec) {
    return ResourceType.last(spec.text("EndpointConfigName").orElse(""));
  }
}
