package dev.slipway.standin.stacks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deploy.cloud.Hosting.Kind;

/** {@code AWS::SageMaker::Model}. */
record ModelType(Services services) implements ResourceType {
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
    JsonNode container = spec.properties().path("PrimaryContainer");
    if (container.isMissingNode()) {
      container = spec.properties().path("Containers").path(0);
    }
    String data =
        container
            .path("ModelDataSource")
            .path("S3DataSource")
            .path("S3Uri")
            .asText(container.path("ModelDataUrl").asText(""));
    return services
        .hosting()
        .createModel(
            spec.text("ModelName")
                .orElseGet(
                    () -> services.world().names().physical(spec.stack(), spec.logicalId(), 63)),
            container.path("Image").asText(""),
            data,
            spec.tags());
  }

  @Override
  public void update(String physicalId, Spec spec) {
    services.hosting().tag(physicalId, spec.tags());
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    return new Progress.Done();
  }

  @Override
  public void delete(String physicalId) {
    services.hosting().delete(Kind.MODEL, ResourceType.last(physicalId));
  }

  @Override
  public Progress deletion(String physicalId) {
    return new Progress.Done();
  }

  @Override
  public String attribute(String physicalId, String name) {
    return ResourceType.last(physicalId);
  }
}
