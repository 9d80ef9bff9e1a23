package dev.slipway.deploy.observe;

import dev.slipway.deploy.DeploymentStatus;
import dev.slipway.deploy.EnvironmentStore;
import dev.slipway.deploy.Revision;
import dev.slipway.deploy.StackOutputs;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.CloudFailure;
import dev.slipway.plan.ResourceNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Says how a deployment in the cloud is, from live descriptions. Changes nothing. */
public final class CloudStatus {
  private final Cloud cloud;
  private final ResourceNames names;
  private final Function<String, OptionalDouble> prices;

  /**
   * Looks at one environment.
   *
   * @param prices in US dollars an hour by instance type; what has none counts as 0
   */
  public CloudStatus(Cloud cloud, ResourceNames names, Function<String, OptionalDouble> prices) {
    this.cloud = cloud;
    this.names = names;
    this.prices = prices;
  }

  /** Describes it. */
  public DeploymentStatus read() {
    Optional<Stacks.Stack> stack = cloud.stacks().find(names.endpointStack());
    EndpointName name =
        stack.map(there -> new StackOutputs(there).endpoint(names)).orElseGet(names::endpoint);
    Optional<Hosting.Endpoint> endpoint = cloud.hosting().endpoint(name);
    List<Hosting.Component> components =
        endpoint.isPresent() ? cloud.hosting().components(name) : List.of();
    Optional<Revision> newest = newest();
    var service = new ServiceStatus(cloud, names);
    List<Stacks.Stack> stacks = Stream.concat(stack.stream(), service.stack().stream()).toList();
    return new DeploymentStatus(
        names.deployment(),
        names.environment(),
        "aws",
        phase(stack, endpoint, service, newest).word(),
        endpoint.map(e -> described(e, stack, components)).orElse(null),
        revision(stacks, newest),
        newest.map(r -> new DeploymentStatus.Model(r.source(), r.commit())).orElse(null),
        endpoint.map(this::cost).orElse(0.0) + service.cost(),
        ringing(name, components),
        service.read().orElse(null),
        lastError(stack, endpoint, components, newest).orElse(null));
  }

  /** Where a model beside the service answers, the service is the deployment. */
  private static Phase phase(
      Optional<Stacks.Stack> stack,
      Optional<Hosting.Endpoint> endpoint,
      ServiceStatus service,
      Optional<Revision> newest) {
    Phase hosted =
        Phase.of(stack.map(Stacks.Stack::status), endpoint.map(Hosting.Endpoint::status));
    boolean alone = newest.filter(revision -> revision.templateKey() == null).isPresent();
    Optional<Phase> serving = service.phase();
    if (hosted == Phase.STARTING && serving.equals(Optional.of(Phase.RUNNING))) {
      // The service answers by itself until the endpoint does.
      return Phase.UPDATING;
    }
    return hosted == Phase.ABSENT || alone ? serving.orElse(hosted) : hosted;
  }

  private DeploymentStatus.Endpoint described(
      Hosting.Endpoint endpoint, Optional<Stacks.Stack> stack, List<Hosting.Component> components) {
    List<DeploymentStatus.Variant> variants = new ArrayList<>();
    for (Hosting.Variant variant : endpoint.variants()) {
      variants.add(
          new DeploymentStatus.Variant(
              variant.name(), instance(endpoint, variant), variant.now(), variant.desired()));
    }
    for (Hosting.Component component : components) {
      variants.add(
          new DeploymentStatus.Variant(
              component.name(), "copies", component.copiesNow(), component.copiesDesired()));
    }
    return new DeploymentStatus.Endpoint(
        endpoint.name(), endpoint.status(), kind(stack, components), variants);
  }

  /** Where the description of an endpoint leaves the type out, its configuration says it. */
  private String instance(Hosting.Endpoint endpoint, Hosting.Variant variant) {
    if (!variant.instance().isEmpty()) {
      return variant.instance();
    }
    return cloud.hosting().config(endpoint.config()).stream()
        .flatMap(config -> config.variants().stream())
        .filter(configured -> configured.name().equals(variant.name()))
        .map(Hosting.Variant::instance)
        .findFirst()
        .orElse("");
  }

  private String kind(Optional<Stacks.Stack> stack, List<Hosting.Component> components) {
    boolean async =
        components.isEmpty()
            && stack
                .map(there -> cloud.stacks().template(there.id()).contains("AsyncInferenceConfig"))
                .orElse(false);
    return async ? "async" : "realtime";
  }

  private double cost(Hosting.Endpoint endpoint) {
    double cost = 0;
    for (Hosting.Variant variant : endpoint.variants()) {
      if (variant.now() > 0) {
        cost += variant.now() * prices.apply(instance(endpoint, variant)).orElse(0);
      }
    }
    return cost;
  }

  private List<String> ringing(EndpointName endpoint, List<Hosting.Component> components) {
    Set<String> scaling = new HashSet<>();
    scaling.add("endpoint/" + endpoint + "/variant/" + ResourceNames.VARIANT);
    components.forEach(component -> scaling.add("inference-component/" + component.name()));
    // An alarm that only makes a variant grow or shrink is no trouble, however it rings.
    Set<String> steering = new HashSet<>();
    for (String resource : scaling) {
      cloud.scaling().policies(resource).forEach(policy -> steering.addAll(policy.alarms()));
    }
    return Stream.of(names.endpointStack(), names.serviceStack())
        .flatMap(its -> cloud.alarms().startingWith(its + "-").stream())
        .filter(alarm -> alarm.rings() && !steering.contains(alarm.name()))
        .map(alarm -> alarm.name())
        .distinct()
        .toList();
  }

  private Optional<Revision> newest() {
    return history().stream()
        .filter(r -> r.state().equals("deployed") || r.state().equals("applying"))
        .reduce((_, later) -> later);
  }

  /** Whoever may look at an endpoint may not always look into its store. */
  private List<Revision> history() {
    try {
      return new EnvironmentStore(cloud, names).history();
    } catch (CloudFailure failure) {
      return switch (failure.kind()) {
        case DENIED, NOT_FOUND -> List.of();
        case CREDENTIALS, UNREACHABLE, THROTTLED, CONFLICT, QUOTA, INVALID, INTERNAL ->
            throw failure;
      };
    }
  }

  private static int revision(List<Stacks.Stack> stacks, Optional<Revision> newest) {
    return StackOutputs.revision(stacks).orElse(newest.map(Revision::number).orElse(0));
  }

  private Optional<String> lastError(
      Optional<Stacks.Stack> stack,
      Optional<Hosting.Endpoint> endpoint,
      List<Hosting.Component> components,
      Optional<Revision> newest) {
    return endpoint
        .flatMap(Hosting.Endpoint::failureReason)
        .filter(reason -> !reason.isBlank())
        .or(() -> components.stream().flatMap(c -> c.failureReason().stream()).findFirst())
        .or(() -> stack.flatMap(this::stackError))
        .or(() -> cloud.stacks().find(names.serviceStack()).flatMap(this::stackError))
        .or(() -> endpoint.flatMap(there -> otherConfig(stack, there)))
        .or(() -> newest.flatMap(r -> Optional.ofNullable(r.reason())));
  }

  private Optional<String> stackError(Stacks.Stack stack) {
    return switch (Outcome.of(stack.status())) {
      case DONE, WORKING, GONE -> Optional.empty();
      case ROLLED_BACK, FAILED ->
          Optional.of(
              stack.status()
                  + ": "
                  + Causes.of(cloud.stacks().events(stack.id(), Optional.empty()))
                      .or(stack::reason)
                      .orElse("CloudFormation names no cause"));
    };
  }

  /** A silent rollback: the endpoint is in service, with another configuration than asked for. */
  private static Optional<String> otherConfig(
      Optional<Stacks.Stack> stack, Hosting.Endpoint endpoint) {
    return stack
        .filter(there -> there.status() != StackStatus.UPDATE_IN_PROGRESS)
        .map(StackOutputs::new)
        .flatMap(StackOutputs::config)
        .filter(asked -> !asked.equals(endpoint.config()))
        .filter(_ -> endpoint.status().equals("InService"))
        .map(
            asked ->
                "rolled back: the endpoint runs the configuration "
                    + endpoint.config()
                    + ", not "
                    + asked
                    + " that was asked for");
  }
}
