package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Scaling.Target;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Manifest;
import dev.slipway.plan.ResourceNames;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Changes how many instances, or copies, a running endpoint has, without a deploy. */
public final class Scaler {
  private static final String INSTANCES = "sagemaker:variant:DesiredInstanceCount";
  private static final String COPIES = "sagemaker:inference-component:DesiredCopyCount";

  private static final Duration LOOK = Duration.ofSeconds(5);

  /** New instances, and the start of a container on them, take minutes; a stuck one, an hour. */
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final Cloud cloud;
  private final Pace pace;
  private final Consumer<DeployEvent> onlooker;

  /** Makes a scaler in a cloud, which stays the caller's to close. */
  public Scaler(Cloud cloud, Pace pace, Consumer<DeployEvent> onlooker) {
    this.cloud = cloud;
    this.pace = pace;
    this.onlooker = onlooker;
  }

  /**
   * What to change; what is absent stays.
   *
   * @param min at least so many
   * @param max at most so many
   * @param now so many from now on, until autoscaling thinks otherwise
   */
  public record Wish(OptionalInt min, OptionalInt max, OptionalInt now) {}

  /**
   * How an endpoint scales.
   *
   * @param unit {@code instances} or {@code copies}
   * @param now running
   * @param desired wanted
   */
  public record Scale(String endpoint, String unit, int min, int max, int now, int desired) {}

  /**
   * Changes an endpoint's scale; waits while it still changes.
   *
   * @return how it scales afterwards
   * @throws UsageFailure if the wish doesn't fit itself, or the endpoint's kind
   * @throws OperationFailed if there is no such endpoint
   * @throws CloudFailure if the cloud refuses it, or the endpoint changes for half an hour on
   */
  public Scale scale(Manifest manifest, Wish wish) {
    ResourceNames names = ResourceNames.of(manifest);
    Hosting.Endpoint endpoint = endpoint(names);
    String resource =
        names
            .component()
            .map(component -> "inference-component/" + component)
            .orElse("endpoint/" + endpoint.name() + "/variant/" + variant(endpoint).name());
    String dimension = names.component().isPresent() ? COPIES : INSTANCES;
    Optional<Target> target =
        cloud.scaling().targets(List.of(resource)).stream()
            .filter(found -> found.dimension().equals(dimension))
            .findFirst();
    int min =
        wish.min().orElse(target.map(Target::min).orElse(manifest.endpoint().scaling().min()));
    int max =
        wish.max().orElse(target.map(Target::max).orElse(manifest.endpoint().scaling().max()));
    check(manifest.endpoint(), min, max, wish.now());
    Target wanted = new Target(resource, dimension, min, max);
    boolean bounds = wish.min().isPresent() || wish.max().isPresent();
    if (bounds && !target.equals(Optional.of(wanted))) {
      cloud.scaling().bounds(wanted);
      onlooker.accept(
          new DeployEvent.Note(
              "These bounds hold until the next deploy that changes the endpoint: that sets them to"
                  + " the manifest's endpoint.scaling.",
              true));
    }
    wish.now().ifPresent(count -> resizeAtRest(names, count));
    return now(names, min, max);
  }

  private Hosting.Endpoint endpoint(ResourceNames names) {
    return cloud
        .stacks()
        .find(names.endpointStack())
        .map(stack -> new StackOutputs(stack).endpoint(names))
        .flatMap(cloud.hosting()::endpoint)
        .orElseThrow(
            () ->
                new OperationFailed(
                    "endpoint_missing",
                    "There is no endpoint \"" + names.endpoint() + "\"",
                    "nothing is deployed in this environment.",
                    "Deploy it: `slipway deploy`."));
  }

  private static Hosting.Variant variant(Hosting.Endpoint endpoint) {
    return endpoint.variants().stream()
        .findFirst()
        .orElseThrow(
            () ->
                new OperationFailed(
                    "endpoint_not_ready",
                    "\"" + endpoint.name() + "\" can't be scaled",
                    "it is " + endpoint.status() + " and has no variant yet.",
                    "Wait until it is in service: `slipway status --watch`."));
  }

  private static void check(EndpointSpec spec, int min, int max, OptionalInt now) {
    int least =
        switch (spec) {
          case EndpointSpec.Async _ -> 0;
          case EndpointSpec.Realtime realtime -> realtime.components() ? 0 : 1;
        };
    if (min < least) {
      throw unfit(
          "min must be at least " + least + ", is " + min + ".",
          "A realtime endpoint can't go below one instance; to scale to zero, deploy with"
              + " endpoint.components: true, or as kind: async.");
    }
    if (max < Math.max(1, min)) {
      throw unfit(
          "max must be at least " + Math.max(1, min) + ", is " + max + ".",
          "Give both --min and --max.");
    }
    if (now.isPresent() && (now.getAsInt() < min || now.getAsInt() > max)) {
      throw unfit(
          "the count must be from %d to %d, is %d.".formatted(min, max, now.getAsInt()),
          "Widen the bounds with --min and --max.");
    }
  }

  private static UsageFailure unfit(String why, String next) {
    return new UsageFailure("Cannot scale so", why, next);
  }

  /** SageMaker refuses a count while the one of before is still on its way. */
  private void resizeAtRest(ResourceNames names, int count) {
    Instant end = pace.now().plus(LONGEST);
    boolean told = false;
    while (true) {
      try {
        resize(names, endpoint(names), count);
        return;
      } catch (CloudFailure busy) {
        if (busy.kind() != CloudFailure.Kind.CONFLICT || pace.now().isAfter(end)) {
          throw busy;
        }
      }
      if (!told) {
        onlooker.accept(
            new DeployEvent.Note(
                "\"" + names.endpoint() + "\" is still changing: waiting to scale it.", false));
        told = true;
      }
      pace.pause(LOOK);
    }
  }

  private void resize(ResourceNames names, Hosting.Endpoint endpoint, int count) {
    names
        .component()
        .ifPresentOrElse(
            component -> cloud.hosting().resizeComponent(component, count),
            () -> {
              Hosting.Variant variant = variant(endpoint);
              if (variant.desired() != count) {
                cloud.hosting().resize(new EndpointName(endpoint.name()), variant.name(), count);
              }
            });
  }

  private Scale now(ResourceNames names, int min, int max) {
    Hosting.Endpoint endpoint = endpoint(names);
    Optional<Hosting.Component> component = names.component().flatMap(cloud.hosting()::component);
    if (component.isPresent()) {
      return new Scale(
          endpoint.name(),
          "copies",
          min,
          max,
          component.get().copiesNow(),
          component.get().copiesDesired());
    }
    Hosting.Variant variant = variant(endpoint);
    return new Scale(endpoint.name(), "instances", min, max, variant.now(), variant.desired());
  }
}
