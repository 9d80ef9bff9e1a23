package dev.slipway.standin.hosting;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.standin.kernel.AwsError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** SageMaker's hosting. Not thread-safe: the simulation takes one call at a time. */
public final class SimulatedHosting implements Hosting {
  private final World world;
  private final Artifacts artifacts;
  private final Endpoints endpoints;
  private final SimulatedScaling scaling;
  private final SimulatedLogs logs;
  private final Map<String, ComponentState> components = new TreeMap<>();

  /** Makes hosting in which there is nothing yet. */
  public SimulatedHosting(
      World world, SimulatedScaling scaling, SimulatedLogs logs, SimulatedAlarms alarms) {
    this.world = world;
    this.scaling = scaling;
    this.logs = logs;
    this.artifacts = new Artifacts(world);
    this.endpoints = new Endpoints(world, artifacts, scaling, logs, alarms);
  }

  /** Makes a model; returns its ARN. */
  public String createModel(String name, String image, String data, Map<String, String> tags) {
    String arn = arn(Kind.MODEL, name);
    artifacts.add(new ModelState(name, arn, image, data, tags, world.agenda().now()));
    return arn;
  }

  /** Makes an endpoint configuration; returns its ARN. */
  public String createConfig(
      String name, List<ConfigState.Variant> variants, boolean async, Map<String, String> tags) {
    String arn = arn(Kind.ENDPOINT_CONFIG, name);
    artifacts.add(new ConfigState(name, arn, variants, async, tags, world.agenda().now()));
    return arn;
  }

  /** Begins to make an endpoint; returns its ARN. */
  public String createEndpoint(String name, String config, Map<String, String> tags) {
    return endpoints.create(name, config, tags).arn;
  }

  /** Begins to change an endpoint's configuration. */
  public void updateEndpoint(String name, String config, boolean retainVariantProperties) {
    endpoints.update(name, config, retainVariantProperties);
  }

  /** Returns why the last update of an endpoint was taken back, if its stack is told so. */
  public Optional<String> rolledBack(String endpoint) {
    return Optional.ofNullable(endpoints.all.get(endpoint)).flatMap(one -> one.rolledBack);
  }

  /** Takes an endpoint as it is for what is wanted. */
  public void forgetRollback(String endpoint) {
    Optional.ofNullable(endpoints.all.get(endpoint))
        .ifPresent(one -> one.rolledBack = Optional.empty());
  }

  /** Lets SageMaker work on an endpoint by itself: {@code SystemUpdating}. */
  public void updateBySystem(String endpoint, Duration time) {
    endpoints.updateBySystem(endpoint, time);
  }

  /** Begins to make a component; returns its ARN. */
  public String createComponent(
      String name, String endpoint, String model, int copies, Map<String, String> tags) {
    if (components.containsKey(name)) {
      throw AwsError.refused(
          "Cannot create already existing inference component \""
              + arn(Kind.COMPONENT, name)
              + "\".");
    }
    EndpointState host = endpoints.get(endpoint);
    if (!host.status.equals("InService")) {
      throw AwsError.refused(
          "Cannot create inference component: endpoint \"" + host.arn + "\" is not InService.");
    }
    Optional<List<String>> said =
        Optional.ofNullable(artifacts.models.get(model))
            .flatMap(one -> world.conditions().ailment(one.image() + " " + one.data()));
    ComponentState component =
        new ComponentState(
            name, arn(Kind.COMPONENT, name), endpoint, model, copies, tags, world.agenda().now());
    components.put(name, component);
    String group = "/aws/sagemaker/InferenceComponents/" + name;
    logs.write(group, "main/copy-0", said.orElse(List.of("Application startup complete.")));
    world
        .agenda()
        .after(
            world.conditions().creating(),
            () -> {
              if (said.isPresent()) {
                component.status = "Failed";
                component.failureReason =
                    Optional.of(
                        "The container did not pass the ping health check. Please check CloudWatch"
                            + " logs for this inference component.");
              } else if (component.status.equals("Creating")) {
                component.status = "InService";
                component.now = component.desired;
              }
            });
    return component.arn;
  }

  /** Begins to change the model, and the copies where they are given, of a component. */
  public void updateComponent(String name, String model, OptionalInt copies) {
    ComponentState component = requireComponent(name);
    if (!component.status.equals("InService")) {
      throw AwsError.refused("Cannot update in-progress inference component \"" + name + "\".");
    }
    component.model = model;
    component.desired = copies.orElse(component.desired);
    component.status = "Updating";
    world
        .agenda()
        .after(
            world.conditions().updating(),
            () -> {
              component.status = "InService";
              component.now = component.desired;
            });
  }

  /** Lets a request to a component count; at zero copies it wakes if something scales it. */
  public boolean hasCapacity(String component) {
    ComponentState found = requireComponent(component);
    if (found.now > 0) {
      return true;
    }
    String resource = "inference-component/" + component;
    boolean scaled =
        scaling.targets(List.of(resource)).stream().anyMatch(target -> target.max() > 0)
            && !scaling.policies(resource).isEmpty();
    if (scaled && !found.waking) {
      found.waking = true;
      found.desired = 1;
      world
          .agenda()
          .after(
              world.conditions().waking(),
              () -> {
                found.waking = false;
                found.now = Math.max(1, found.desired);
              });
    }
    return false;
  }

  /** Replaces the tags of a resource. */
  public void tag(String arn, Map<String, String> tags) {
    Map<String, String> kept = Map.copyOf(tags);
    switch (kind(arn)) {
      case ENDPOINT -> endpoints.get(last(arn)).tags = kept;
      case COMPONENT -> requireComponent(last(arn)).tags = kept;
      case MODEL ->
          artifacts.models.computeIfPresent(
              last(arn),
              (name, old) ->
                  new ModelState(name, old.arn(), old.image(), old.data(), kept, old.created()));
      case ENDPOINT_CONFIG ->
          artifacts.configs.computeIfPresent(
              last(arn),
              (name, old) ->
                  new ConfigState(
                      name, old.arn(), old.variants(), old.async(), kept, old.created()));
    }
  }

  @Override
  public Optional<Endpoint> endpoint(EndpointName name) {
    return Optional.ofNullable(endpoints.all.get(name.value())).map(EndpointState::describe);
  }

  @Override
  public Optional<Config> config(String name) {
    return configState(name)
        .map(
            config ->
                new Config(
                    config.name(),
                    config.arn(),
                    config.variants().stream().flatMap(one -> one.model().stream()).toList(),
                    config.variants().stream()
                        .map(
                            one ->
                                new Variant(one.name(), one.instances().getFirst(), 0, one.count()))
                        .toList()));
  }

  /** Returns a configuration with all that is known of it; absent if there is none. */
  public Optional<ConfigState> configState(String name) {
    return Optional.ofNullable(artifacts.configs.get(name));
  }

  /** Returns a model; absent if there is none. */
  public Optional<ModelState> model(String name) {
    return Optional.ofNullable(artifacts.models.get(name));
  }

  @Override
  public Optional<Component> component(String name) {
    return Optional.ofNullable(components.get(name)).map(ComponentState::describe);
  }

  @Override
  public List<Component> components(EndpointName endpoint) {
    return components.values().stream()
        .filter(one -> one.endpoint.equals(endpoint.value()))
        .map(ComponentState::describe)
        .toList();
  }

  @Override
  public List<Named> list(Kind kind, String nameContains) {
    List<Named> all = new ArrayList<>();
    switch (kind) {
      case ENDPOINT ->
          endpoints.all.values().forEach(e -> all.add(new Named(kind, e.name, e.arn, e.created)));
      case ENDPOINT_CONFIG ->
          artifacts
              .configs
              .values()
              .forEach(c -> all.add(new Named(kind, c.name(), c.arn(), c.created())));
      case MODEL ->
          artifacts
              .models
              .values()
              .forEach(m -> all.add(new Named(kind, m.name(), m.arn(), m.created())));
      case COMPONENT ->
          components.values().forEach(c -> all.add(new Named(kind, c.name, c.arn, c.created)));
    }
    return all.stream().filter(one -> one.name().contains(nameContains)).toList();
  }

  @Override
  public Map<String, String> tags(String arn) {
    String name = last(arn);
    Optional<Map<String, String>> tags =
        switch (kind(arn)) {
          case ENDPOINT -> Optional.ofNullable(endpoints.all.get(name)).map(one -> one.tags);
          case COMPONENT -> Optional.ofNullable(components.get(name)).map(one -> one.tags);
          case MODEL -> model(name).map(ModelState::tags);
          case ENDPOINT_CONFIG -> configState(name).map(ConfigState::tags);
        };
    return tags.orElseThrow(() -> AwsError.refused("Could not find resource \"" + arn + "\"."));
  }

  @Override
  public void delete(Kind kind, String name) {
    switch (kind) {
      case ENDPOINT -> {
        if (endpoints.all.containsKey(name)) {
          endpoints.delete(name, !components(new EndpointName(name)).isEmpty());
        }
      }
      case ENDPOINT_CONFIG -> artifacts.configs.remove(name);
      case MODEL -> artifacts.models.remove(name);
      case COMPONENT -> deleteComponent(name);
    }
  }

  private void deleteComponent(String name) {
    ComponentState component = components.get(name);
    if (component == null || component.status.equals("Deleting")) {
      return;
    }
    if (!component.status.equals("InService") && !component.status.equals("Failed")) {
      throw AwsError.refused("Cannot delete in-progress inference component \"" + name + "\".");
    }
    component.status = "Deleting";
    world.agenda().after(world.conditions().deleting(), () -> components.remove(name, component));
  }

  @Override
  public void resize(EndpointName endpoint, String variant, int instances) {
    endpoints.resize(endpoint.value(), variant, instances);
  }

  @Override
  public void resizeComponent(String component, int copies) {
    ComponentState found = requireComponent(component);
    updateComponent(component, found.model, OptionalInt.of(copies));
  }

  private ComponentState requireComponent(String name) {
    ComponentState found = components.get(name);
    if (found == null) {
      throw AwsError.refused(
          "Could not find inference component \"" + arn(Kind.COMPONENT, name) + "\".");
    }
    return found;
  }

  private String arn(Kind kind, String name) {
    return world.region().arn("sagemaker", word(kind) + "/" + name);
  }

  private static String word(Kind kind) {
    return switch (kind) {
      case ENDPOINT -> "endpoint";
      case ENDPOINT_CONFIG -> "endpoint-config";
      case MODEL -> "model";
      case COMPONENT -> "inference-component";
    };
  }

  private static Kind kind(String arn) {
    return Arrays.stream(Kind.values())
        .filter(kind -> arn.contains(":" + word(kind) + "/"))
        .findFirst()
        .orElseThrow(() -> AwsError.refused("Could not find resource \"" + arn + "\"."));
  }

  private static String last(String arn) {
    return arn.substring(arn.lastIndexOf('/') + 1);
  }
}
