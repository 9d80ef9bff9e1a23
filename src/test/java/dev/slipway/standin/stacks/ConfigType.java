package dev.slipway.standin.stacks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deploy.cloud.Hosting.Kind;
import dev.slipway.standin.hosting.ConfigState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code AWS::SageMaker::EndpointConfig}. */
record ConfigType(Services services) implements ResourceType {
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
    List<ConfigState.Variant> variants = new ArrayList<>();
    for (JsonNode variant : spec.properties().path("ProductionVariants")) {
      variants.add(
          new ConfigState.Variant(
              variant.path("VariantName").asText(),
              variant.has("ModelName")
                  ? Optional.of(ResourceType.last(variant.path("ModelName").asText()))
                  : Optional.empty(),
              instances(variant),
              variant
                  .path("InitialInstanceCount")
                  .asInt(
                      variant.path("ManagedInstanceScaling").path("MinInstanceCount").asInt(1))));
    }
    return services
        .hosting()
        .createConfig(
            spec.text("EndpointConfigName")
                .orElseGet(
                    () -> services.world().names().physical(spec.stack(), spec.logicalId(), 63)),
            variants,
            spec.properties().has("AsyncInferenceConfig"),
            spec.tags());
  }

  private static List<String> instances(JsonNode variant) {
    List<String> types = new ArrayList<>();
    variant.path("InstancePools").forEach(pool -> types.add(pool.path("InstanceType").asText()));
    if (types.isEmpty()) {
      types.add(variant.path("InstanceType").asText());
    }
    return types;
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
    services.hosting().delete(Kind.ENDPOINT_CONFIG, ResourceType.last(physicalId));
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
