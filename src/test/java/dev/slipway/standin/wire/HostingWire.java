package dev.slipway.standin.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Hosting.Kind;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.hosting.ConfigState;
import dev.slipway.standin.hosting.ModelState;
import dev.slipway.standin.hosting.SimulatedHosting;
import dev.slipway.standin.kernel.AwsError;
import java.util.List;
import java.util.Optional;

/** SageMaker by JSON. */
final class HostingWire {
  private final SimulatedHosting hosting;

  HostingWire(CloudSimulation simulation) {
    this.hosting = simulation.hosting();
  }

  /** Answers an operation; absent if it isn't known. */
  Optional<ObjectNode> answer(String operation, JsonNode request) {
    ObjectNode done = Json.object();
    switch (operation) {
      case "DescribeEndpoint" -> {
        return Optional.of(endpoint(request.path("EndpointName").asText()));
      }
      case "DescribeEndpointConfig" -> {
        return Optional.of(config(request.path("EndpointConfigName").asText()));
      }
      case "DescribeModel" -> {
        return Optional.of(model(request.path("ModelName").asText()));
      }
      case "DescribeInferenceComponent" -> {
        return Optional.of(component(request.path("InferenceComponentName").asText()));
      }
      case "ListEndpoints", "ListEndpointConfigs", "ListModels", "ListInferenceComponents" -> {
        return Optional.of(list(operation.substring(4), request));
      }
      case "ListTags" -> {
        ArrayNode tags = done.putArray("Tags");
        hosting
            .tags(request.path("ResourceArn").asText())
            .forEach((key, value) -> tags.addObject().put("Key", key).put("Value", value));
      }
      case "DeleteEndpoint" -> {
        endpoint(request.path("EndpointName").asText());
        hosting.delete(Kind.ENDPOINT, request.path("EndpointName").asText());
      }
      case "DeleteEndpointConfig" -> {
        config(request.path("EndpointConfigName").asText());
        hosting.delete(Kind.ENDPOINT_CONFIG, request.path("EndpointConfigName").asText());
      }
      case "DeleteModel" -> {
        model(request.path("ModelName").asText());
        hosting.delete(Kind.MODEL, request.path("ModelName").asText());
      }
      case "DeleteInferenceComponent" -> {
        component(request.path("InferenceComponentName").asText());
        hosting.delete(Kind.COMPONENT, request.path("InferenceComponentName").asText());
      }
      case "UpdateEndpointWeightsAndCapacities" -> {
        String name = request.path("EndpointName").asText();
        request
            .path("DesiredWeightsAndCapacities")
            .forEach(
                wanted ->
                    hosting.resize(
                        new EndpointName(name),
                        wanted.path("VariantName").asText(),
                        wanted.path("DesiredInstanceCount").asInt()));
        done.put("EndpointArn", endpoint(name).path("EndpointArn").asText());
      }
      case "UpdateInferenceComponentRuntimeConfig" -> {
        String name = request.path("InferenceComponentName").asText();
        hosting.resizeComponent(
            name, request.path("DesiredRuntimeConfig").path("CopyCount").asInt());
        done.put("InferenceComponentArn", component(name).path("InferenceComponentArn").asText());
      }
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(done);
  }

  private ObjectNode endpoint(String name) {
    Hosting.Endpoint endpoint =
        hosting.endpoint(new EndpointName(name)).orElseThrow(() -> absent("endpoint", name));
    ObjectNode document =
        Json.object()
            .put("EndpointName", endpoint.name())
            .put("EndpointArn", endpoint.arn())
            .put("EndpointConfigName", endpoint.config())
            .put("EndpointStatus", endpoint.status())
            .put("CreationTime", Json.seconds(endpoint.created()))
            .put("LastModifiedTime", Json.seconds(endpoint.changed()));
    endpoint.failureReason().ifPresent(why -> document.put("FailureReason", why));
    ArrayNode variants = document.putArray("ProductionVariants");
    for (Hosting.Variant variant : endpoint.variants()) {
      variants
          .addObject()
          .put("VariantName", variant.name())
          .put("CurrentInstanceCount", variant.now())
          .put("DesiredInstanceCount", variant.desired())
          .put("CurrentWeight", 1.0)
          .put("DesiredWeight", 1.0);
    }
    return document;
  }

  private ObjectNode config(String name) {
    ConfigState config =
        hosting.configState(name).orElseThrow(() -> absent("endpoint configuration", name));
    ObjectNode document =
        Json.object()
            .put("EndpointConfigName", config.name())
            .put("EndpointConfigArn", config.arn())
            .put("CreationTime", Json.seconds(config.created()));
    ArrayNode variants = document.putArray("ProductionVariants");
    for (ConfigState.Variant variant : config.variants()) {
      ObjectNode one =
          variants
              .addObject()
              .put("VariantName", variant.name())
              .put("InitialInstanceCount", variant.count())
              .put("InitialVariantWeight", 1.0);
      variant.model().ifPresent(model -> one.put("ModelName", model));
      if (variant.instances().size() == 1) {
        one.put("InstanceType", variant.instances().getFirst());
      } else {
        ArrayNode pools = one.putArray("InstancePools");
        List<String> types = variant.instances();
        types.forEach(
            type ->
                pools.addObject().put("InstanceType", type).put("Priority", types.indexOf(type)));
      }
    }
    return document;
  }

  private ObjectNode model(String name) {
    ModelState model = hosting.model(name).orElseThrow(() -> absent("model", name));
    ObjectNode document =
        Json.object()
            .put("ModelName", model.name())
            .put("ModelArn", model.arn())
            .put("CreationTime", Json.seconds(model.created()));
    ObjectNode container = document.putObject("PrimaryContainer").put("Image", model.image());
    if (!model.data().isEmpty()) {
      container
          .putObject("ModelDataSource")
          .putObject("S3DataSource")
          .put("S3Uri", model.data())
          .put("S3DataType", "S3Prefix")
          .put("CompressionType", "None");
    }
    return document;
  }

  private ObjectNode component(String name) {
    Hosting.Component component =
        hosting.component(name).orElseThrow(() -> absent("inference component", name));
    ObjectNode document =
        Json.object()
            .put("InferenceComponentName", component.name())
            .put("InferenceComponentArn", component.arn())
            .put("EndpointName", component.endpoint())
            .put("InferenceComponentStatus", component.status());
    component.failureReason().ifPresent(why -> document.put("FailureReason", why));
    document
        .putObject("RuntimeConfig")
        .put("DesiredCopyCount", component.copiesDesired())
        .put("CurrentCopyCount", component.copiesNow());
    return document;
  }

  private ObjectNode list(String what, JsonNode request) {
    Kind kind =
        switch (what) {
          case "Endpoints" -> Kind.ENDPOINT;
          case "EndpointConfigs" -> Kind.ENDPOINT_CONFIG;
          case "Models" -> Kind.MODEL;
          default -> Kind.COMPONENT;
        };
    String one = what.substring(0, what.length() - 1);
    String host = request.path("EndpointNameEquals").asText("");
    ObjectNode document = Json.object();
    ArrayNode all = document.putArray(what);
    for (Hosting.Named named : hosting.list(kind, request.path("NameContains").asText(""))) {
      ObjectNode item =
          Json.object()
              .put(one + "Name", named.name())
              .put(one + "Arn", named.arn())
              .put("CreationTime", Json.seconds(named.created()));
      if (kind == Kind.ENDPOINT) {
        hosting
            .endpoint(new EndpointName(named.name()))
            .ifPresent(
                endpoint ->
                    item.put("EndpointStatus", endpoint.status())
                        .put("LastModifiedTime", Json.seconds(endpoint.changed())));
      }
      if (kind == Kind.COMPONENT) {
        Hosting.Component component = hosting.component(named.name()).orElseThrow();
        if (!host.isEmpty() && !host.equals(component.endpoint())) {
          continue;
        }
        item.put("EndpointName", component.endpoint())
            .put("InferenceComponentStatus", component.status());
      }
      all.add(item);
    }
    return document;
  }

  private static AwsError absent(String what, String name) {
    return AwsError.refused("Could not find " + what + " \"" + name + "\".");
  }
}
