package dev.slipway.standin.stacks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deploy.cloud.ContainerServices;
import java.util.Optional;

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
    String cluster = ResourceType.last(spec.text("Cluster").orElse("default"));
    String arn = services.world().region().arn("ecs", "service/" + cluster + "/" + name);
    update(arn, spec);
    return arn;
  }

  @Override
  public void update(String physicalId, Spec spec) {
    JsonNode desired = spec.properties().path("DesiredCount");
    services
        .containers()
        .deploy(
            physicalId,
            spec.text("TaskDefinition").orElse(""),
            desired.isMissingNode() ? Optional.empty() : Optional.of(desired.asInt()));
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    if (services.containers().moving(physicalId)) {
      return new Progress.Working();
    }
    return services
        .containers()
        .find(physicalId)
        .map(ContainerServices.Service::rollout)
        .filter(rollout -> rollout.state().equals("FAILED"))
        .<Progress>map(
            _ ->
                new Progress.Failed(
                    "Resource handler returned message: \"Error occurred during operation 'ECS"
                        + " Deployment Circuit Breaker was triggered'.\" (HandlerErrorCode:"
                        + " GeneralServiceException)"))
        .orElseGet(Progress.Done::new);
  }

  @Override
  public void delete(String physicalId) {
    services.containers().remove(physicalId);
  }

  @Override
  public Progress deletion(String physicalId) {
    return services.containers().moving(physicalId) ? new Progress.Working() : new Progress.Done();
  }

  @Override
  public String attribute(String physicalId, String name) {
    return name.equals("Name") ? ResourceType.last(physicalId) : physicalId;
  }
}
