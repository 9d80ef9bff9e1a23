package dev.slipway.aws;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.CloudFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointConfigResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeInferenceComponentResponse;
import software.amazon.awssdk.services.sagemaker.model.DesiredWeightAndCapacity;
import software.amazon.awssdk.services.sagemaker.model.InferenceComponentSummary;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantSummary;
import software.amazon.awssdk.services.sagemaker.model.Tag;

/** SageMaker's endpoints, their configurations, models and inference components. */
final class AwsHosting implements Hosting {
  /** What SageMaker takes to search names by. */
  private static final int MOST_NAME_CHARACTERS = 63;

  private final Lazy<SageMakerClient> client;
  private final CloudFailures failures;
  private final boolean standIn;

  /**
   * Makes it.
   *
   * @param standIn whether something else than AWS answers, which may know no components and fail
   *     when it is asked for them: then there are none
   */
  AwsHosting(Lazy<SageMakerClient> client, CloudFailures failures, boolean standIn) {
    this.client = client;
    this.failures = failures;
    this.standIn = standIn;
  }

  @Override
  public Optional<Endpoint> endpoint(EndpointName name) {
    return failures
        .find(
            ask("read", "DescribeEndpoint", "endpoint", name.value()),
            () -> client.get().describeEndpoint(request -> request.endpointName(name.value())))
        .map(
            endpoint -> {
              Map<String, String> instances =
                  config(text(endpoint.endpointConfigName())).stream()
                      .flatMap(config -> config.variants().stream())
                      .collect(
                          Collectors.toMap(Variant::name, Variant::instance, (one, other) -> one));
              return endpoint(endpoint, instances);
            });
  }

  private static Endpoint endpoint(
      DescribeEndpointResponse endpoint, Map<String, String> instances) {
    return new Endpoint(
        endpoint.endpointName(),
        text(endpoint.endpointArn()),
        text(endpoint.endpointStatusAsString()),
        text(endpoint.endpointConfigName()),
        present(endpoint.failureReason()),
        endpoint.creationTime(),
        endpoint.lastModifiedTime(),
        endpoint.productionVariants().stream()
            .map(variant -> variant(variant, instances))
            .toList());
  }

  private static Variant variant(ProductionVariantSummary variant, Map<String, String> instances) {
    return new Variant(
        text(variant.variantName()),
        instances.getOrDefault(text(variant.variantName()), ""),
        number(variant.currentInstanceCount()),
        number(variant.desiredInstanceCount()));
  }

  @Override
  public Optional<Config> config(String name) {
    return failures
        .find(
            ask("read", "DescribeEndpointConfig", "endpoint configuration", name),
            () -> client.get().describeEndpointConfig(request -> request.endpointConfigName(name)))
        .map(AwsHosting::config);
  }

  private static Config config(DescribeEndpointConfigResponse config) {
    return new Config(
        config.endpointConfigName(),
        text(config.endpointConfigArn()),
        config.productionVariants().stream()
            .map(ProductionVariant::modelName)
            .flatMap(Stream::ofNullable)
            .distinct()
            .toList(),
        config.productionVariants().stream()
            .map(
                variant ->
                    new Variant(
                        text(variant.variantName()),
                        text(variant.instanceTypeAsString()),
                        0,
                        number(variant.initialInstanceCount())))
            .toList());
  }

  @Override
  public Optional<Component> component(String name) {
    return failures
        .find(
            ask("read", "DescribeInferenceComponent", "component", name),
            () ->
                client
                    .get()
                    .describeInferenceComponent(request -> request.inferenceComponentName(name)))
        .map(AwsHosting::component);
  }

  private static Component component(DescribeInferenceComponentResponse component) {
    var runtime = component.runtimeConfig();
    return new Component(
        component.inferenceComponentName(),
        text(component.inferenceComponentArn()),
        text(component.endpointName()),
        text(component.inferenceComponentStatusAsString()),
        runtime == null ? 0 : number(runtime.currentCopyCount()),
        runtime == null ? 0 : number(runtime.desiredCopyCount()),
        present(component.failureReason()));
  }

  @Override
  public List<Component> components(EndpointName endpoint) {
    return listed(
            () ->
                failures
                    .find(
                        ask(
                            "list the components of",
                            "ListInferenceComponents",
                            "endpoint",
                            endpoint.value()),
                        () ->
                            client
                                .get()
                                .listInferenceComponentsPaginator(
                                    request -> request.endpointNameEquals(endpoint.value()))
                                .inferenceComponents()
                                .stream()
                                .map(InferenceComponentSummary::inferenceComponentName)
                                .toList())
                    .orElse(List.of()))
        .stream()
        // The list doesn't say how many copies there are; one that went meanwhile is left out.
        .flatMap(name -> component(name).stream())
        .toList();
  }

  @Override
  public List<Named> list(Kind kind, String nameContains) {
    // A longer text is searched by its start, and compared whole here.
    String part =
        nameContains.length() <= MOST_NAME_CHARACTERS
            ? nameContains
            : nameContains.substring(0, MOST_NAME_CHARACTERS);
    @Nullable String search = part.isEmpty() ? null : part;
    Ask ask =
        new Ask(
            "Cannot list the " + words(kind) + "s named \"" + nameContains + "\"",
            "sagemaker:"
                + switch (kind) {
                  case ENDPOINT -> "ListEndpoints";
                  case ENDPOINT_CONFIG -> "ListEndpointConfigs";
                  case MODEL -> "ListModels";
                  case COMPONENT -> "ListInferenceComponents";
                },
            "all " + words(kind) + "s");
    Supplier<List<Named>> call =
        () ->
            failures.call(
                ask,
                () ->
                    all(kind, search)
                        .filter(named -> named.name().contains(nameContains))
                        .toList());
    return kind == Kind.COMPONENT ? listed(call) : call.get();
  }

  private <T> List<T> listed(Supplier<List<T>> components) {
    try {
      return components.get();
    } catch (CloudFailure failure) {
      if (standIn && failure.kind() == CloudFailure.Kind.INTERNAL) {
        return List.of();
      }
      throw failure;
    }
  }

  private Stream<Named> all(Kind kind, @Nullable String search) {
    return switch (kind) {
      case ENDPOINT ->
          client
              .get()
              .listEndpointsPaginator(request -> request.nameContains(search))
              .endpoints()
              .stream()
              .map(
                  each ->
                      new Named(
                          kind, each.endpointName(), each.endpointArn(), each.creationTime()));
      case ENDPOINT_CONFIG ->
          client
              .get()
              .listEndpointConfigsPaginator(request -> request.nameContains(search))
              .endpointConfigs()
              .stream()
              .map(
                  each ->
                      new Named(
                          kind,
                          each.endpointConfigName(),
                          each.endpointConfigArn(),
                          each.creationTime()));
      case MODEL ->
          client
              .get()
              .listModelsPaginator(request -> request.nameContains(search))
              .models()
              .stream()
              .map(each -> new Named(kind, each.modelName(), each.modelArn(), each.creationTime()));
      case COMPONENT ->
          client
              .get()
              .listInferenceComponentsPaginator(request -> request.nameContains(search))
              .inferenceComponents()
              .stream()
              .map(
                  each ->
                      new Named(
                          kind,
                          each.inferenceComponentName(),
                          each.inferenceComponentArn(),
                          each.creationTime()));
    };
  }

  @Override
  public Map<String, String> tags(String arn) {
    return failures.call(
        new Ask("Cannot read the tags of " + arn, "sagemaker:ListTags", arn),
        () -> {
          Map<String, String> tags = new LinkedHashMap<>();
          for (Tag tag :
              client.get().listTagsPaginator(request -> request.resourceArn(arn)).tags()) {
            tags.put(tag.key(), text(tag.value()));
          }
          return tags;
        });
  }

  @Override
  public void delete(Kind kind, String name) {
    var unused =
        switch (kind) {
          case ENDPOINT ->
              failures.find(
                  ask("delete", "DeleteEndpoint", words(kind), name),
                  () -> client.get().deleteEndpoint(request -> request.endpointName(name)));
          case ENDPOINT_CONFIG ->
              failures.find(
                  ask("delete", "DeleteEndpointConfig", words(kind), name),
                  () ->
                      client
                          .get()
                          .deleteEndpointConfig(request -> request.endpointConfigName(name)));
          case MODEL ->
              failures.find(
                  ask("delete", "DeleteModel", words(kind), name),
                  () -> client.get().deleteModel(request -> request.modelName(name)));
          case COMPONENT ->
              failures.find(
                  ask("delete", "DeleteInferenceComponent", words(kind), name),
                  () ->
                      client
                          .get()
                          .deleteInferenceComponent(
                              request -> request.inferenceComponentName(name)));
        };
  }

  @Override
  public void resize(EndpointName endpoint, String variant, int instances) {
    failures.call(
        ask("resize", "UpdateEndpointWeightsAndCapacities", "endpoint", endpoint.value()),
        () ->
            client
                .get()
                .updateEndpointWeightsAndCapacities(
                    request ->
                        request
                            .endpointName(endpoint.value())
                            .desiredWeightsAndCapacities(
                                DesiredWeightAndCapacity.builder()
                                    .variantName(variant)
                                    .desiredInstanceCount(instances)
                                    .build())));
  }

  @Override
  public void resizeComponent(String component, int copies) {
    failures.call(
        ask("resize", "UpdateInferenceComponentRuntimeConfig", "component", component),
        () ->
            client
                .get()
                .updateInferenceComponentRuntimeConfig(
                    request ->
                        request
                            .inferenceComponentName(component)
                            .desiredRuntimeConfig(config -> config.copyCount(copies))));
  }

  /** Names what a resource of a kind is called in messages. */
  private static String words(Kind kind) {
    return switch (kind) {
      case ENDPOINT -> "endpoint";
      case ENDPOINT_CONFIG -> "endpoint configuration";
      case MODEL -> "model";
      case COMPONENT -> "component";
    };
  }

  private static Ask ask(String verb, String action, String type, String name) {
    String resource = type + " \"" + name + "\"";
    return new Ask("Cannot " + verb + " " + resource, "sagemaker:" + action, resource);
  }

  private static Optional<String> present(@Nullable String text) {
    return Optional.ofNullable(text).filter(each -> !each.isEmpty());
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static int number(@Nullable Integer number) {
    return number == null ? 0 : number;
  }
}
