package dev.slipway.standin.stacks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.standin.hosting.SimulatedServices;
import java.util.Optional;

/** {@code AWS::ECS::TaskDefinition}: another one is another revision. */
record TaskDefinitionType(Services services) implements ResourceType {
  @Override
  public boolean replaces(String property) {
    return !property.equals("Tags");
  }

  @Override
  public boolean taggable() {
    return true;
  }

  @Override
  public String create(Spec spec) {
    JsonNode container = spec.properties().path("ContainerDefinitions").path(0);
    String group =
        container.path("LogConfiguration").path("Options").path("awslogs-group").asText("");
    return services
        .containers()
        .register(
            spec.text("Family").orElse(spec.stack() + "-" + spec.logicalId()),
            new SimulatedServices.Task(
                container.path("Image").asText(),
                group.isEmpty() ? Optional.empty() : Optional.of(group)));
  }

  @Override
  public void update(String physicalId, Spec spec) {
    // Only its tags can be changed.
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    return new Progress.Done();
  }

  @Override
  public void delete(String physicalId) {
    // A definition that is deregistered can still be described, and runs where it runs.
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
