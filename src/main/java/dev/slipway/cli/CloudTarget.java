package dev.slipway.cli;

import dev.slipway.deploy.Pace;
import dev.slipway.deploy.StackOutputs;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.teardown.Keepsakes;
import dev.slipway.deploy.teardown.Removal;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.manifest.DeploymentName;
import dev.slipway.manifest.Manifest;
import dev.slipway.plan.ResourceNames;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * A deployment in the cloud that a command is about.
 *
 * @param name its name
 * @param environment the overlay of its manifest
 * @param manifest absent where it was chosen by its name alone
 * @param region absent for the profile's
 */
record CloudTarget(
    String name, String environment, Optional<Manifest> manifest, Optional<String> region) {

  ResourceNames names() {
    return manifest
        .map(ResourceNames::of)
        .orElseGet(() -> ResourceNames.of(new DeploymentName(name), environment));
  }

  /** Returns the name that has to be typed before it is destroyed. */
  String title() {
    return environment.equals("default") ? name : name + "@" + environment;
  }

  /** Returns the arguments that choose it, for commands to suggest. */
  String arguments(Cloud cloud) {
    return " --name " + title() + " --target aws --region " + cloud.region();
  }

  Cloud open(Surroundings surroundings) {
    return surroundings.adapters().cloud(region);
  }

  Pace pace(Surroundings surroundings) {
    return surroundings.adapters().pace();
  }

  List<Removal.Kept> own() {
    return manifest.map(Keepsakes::of).orElse(List.of());
  }

  /**
   * Returns the address of the service where a model beside it answers; absent where there is an
   * endpoint, or nothing.
   */
  Optional<URI> withoutEndpoint(Cloud cloud) {
    return cloud.stacks().find(names().endpointStack()).isPresent()
        ? Optional.empty()
        : DeployedService.of(cloud, names());
  }

  /** Returns the endpoint's name. */
  EndpointName endpoint(Cloud cloud) {
    return cloud
        .stacks()
        .find(names().endpointStack())
        .map(stack -> new StackOutputs(stack).endpoint(names()))
        .orElseGet(names()::endpoint);
  }

  /** Returns the inference component that holds the model, where one does. */
  Optional<String> component(Cloud cloud, EndpointName endpoint) {
    return names()
        .component()
        .or(
            () ->
                manifest.isPresent()
                    ? Optional.empty()
                    : cloud.hosting().components(endpoint).stream()
                        .map(component -> component.name())
                        .findFirst());
  }
}
