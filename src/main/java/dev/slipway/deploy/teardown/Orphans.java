package dev.slipway.deploy.teardown;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.manifest.DeploymentName;
import dev.slipway.plan.HourlyCost;
import dev.slipway.plan.ResourceNames;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what Slipway made in a region and nobody has any more, and what should be gone by now. */
public final class Orphans {
  private static final String STACK_TAG = "aws:cloudformation:stack-name";

  private final Cloud cloud;
  private final Pace pace;

  /** Looks in one region. */
  public Orphans(Cloud cloud, Pace pace) {
    this.cloud = cloud;
    this.pace = pace;
  }

  /**
   * One thing that was found: a line of {@code slipway orphans --json}.
   *
   * @param why {@code no_stack} or {@code expired}
   * @param deployment whose it is, {@code NAME} or {@code NAME@ENVIRONMENT}; empty if unknown
   * @param costPerHour in US dollars; null where it isn't known
   * @param remove the command that removes it
   */
  public record Orphan(
      String type,
      String name,
      String why,
      String deployment,
      @JsonProperty("cost_per_hour") @Nullable Double costPerHour,
      String remove) {}

  /** Lists them: what no stack has, then what is expired. Changes nothing. */
  public List<Orphan> find() {
    List<Stacks.Stack> stacks =
        cloud.stacks().tagged(Map.of()).stream()
            .filter(stack -> stack.name().startsWith("slipway-"))
            .toList();
    Set<String> there = stacks.stream().map(Stacks.Stack::name).collect(Collectors.toSet());
    List<Orphan> found = new ArrayList<>();
    for (Sort sort : List.of(Sort.ENDPOINT, Sort.COMPONENT, Sort.CONFIG, Sort.MODEL)) {
      for (Hosting.Named named : cloud.hosting().list(kind(sort), "")) {
        Map<String, String> tags = cloud.hosting().tags(named.arn());
        owner(tags)
            .filter(stack -> !there.contains(stack))
            .ifPresent(_ -> found.add(orphan(sort, named.name(), tags)));
      }
    }
    for (String alarm : new TreeSet<>(alarms())) {
      // CloudFormation and Slipway begin an alarm's name with its stack's.
      if (there.stream().noneMatch(stack -> alarm.startsWith(stack + "-"))) {
        found.add(orphan(Sort.ALARM, alarm, Map.of()));
      }
    }
    stacks.stream()
        .filter(stack -> expired(stack.tags()))
        .forEach(stack -> found.add(expired(stack)));
    return List.copyOf(found);
  }

  private List<String> alarms() {
    return cloud.alarms().startingWith("slipway-").stream().map(alarm -> alarm.name()).toList();
  }

  private static Hosting.Kind kind(Sort sort) {
    return switch (sort) {
      case ENDPOINT -> Hosting.Kind.ENDPOINT;
      case COMPONENT -> Hosting.Kind.COMPONENT;
      case CONFIG -> Hosting.Kind.ENDPOINT_CONFIG;
      case MODEL -> Hosting.Kind.MODEL;
      case ALARM, SCALING, LOG_GROUP, UPLOAD, OBJECT, IMAGE, STACK ->
          throw new IllegalArgumentException("not of hosting: " + sort);
    };
  }

  /** Returns the stack that something should be of, absent if it isn't Slipway's. */
  private static Optional<String> owner(Map<String, String> tags) {
    return names(tags)
        .map(ResourceNames::endpointStack)
        .or(
            () ->
                Optional.ofNullable(tags.get(STACK_TAG))
                    .filter(stack -> stack.matches("slipway-.+-(api|endpoint|store)")));
  }

  private static Optional<ResourceNames> names(Map<String, String> tags) {
    String deployment = tags.getOrDefault(ResourceNames.DEPLOYMENT_TAG, "");
    return DeploymentName.PATTERN.matcher(deployment).matches()
        ? Optional.of(
            ResourceNames.of(
                new DeploymentName(deployment),
                tags.getOrDefault(ResourceNames.ENVIRONMENT_TAG, "default")))
        : Optional.empty();
  }

  private Orphan orphan(Sort sort, String name, Map<String, String> tags) {
    return new Orphan(
        sort.type(),
        name,
        "no_stack",
        title(tags),
        sort == Sort.ENDPOINT ? cost(name) : Double.valueOf(0),
        command(tags, sort.command(Doomed.of(sort, name), cloud.region())));
  }

  private Orphan expired(Stacks.Stack stack) {
    @Nullable Double cost = names(stack.tags()).map(names -> cost(stack, names)).orElse(null);
    return new Orphan(
        Sort.STACK.type(),
        stack.name(),
        "expired",
        title(stack.tags()),
        cost,
        command(
            stack.tags(), Sort.STACK.command(Doomed.of(Sort.STACK, stack.name()), cloud.region())));
  }

  private String command(Map<String, String> tags, String otherwise) {
    String title = title(tags);
    return title.isEmpty()
        ? otherwise
        : "slipway destroy --name " + title + " --region " + cloud.region();
  }

  private static String title(Map<String, String> tags) {
    return names(tags)
        .map(
            names ->
                names.environment().equals("default")
                    ? names.deployment()
                    : names.deployment() + "@" + names.environment())
        .orElse("");
  }

  private boolean expired(Map<String, String> tags) {
    String expires = tags.getOrDefault(ResourceNames.EXPIRY_TAG, "");
    try {
      return !expires.isEmpty() && Instant.parse(expires).isBefore(pace.now());
    } catch (DateTimeParseException notOurs) {
      return false;
    }
  }

  private @Nullable Double cost(Stacks.Stack stack, ResourceNames names) {
    if (!stack.name().equals(names.serviceStack())) {
      return cost(names.endpoint().value());
    }
    OptionalDouble tasks =
        HourlyCost.of(cloud.stacks().template(stack.id()), _ -> OptionalDouble.empty());
    return tasks.isPresent() ? Double.valueOf(tasks.getAsDouble()) : null;
  }

  private @Nullable Double cost(String endpoint) {
    Optional<Hosting.Endpoint> there = cloud.hosting().endpoint(new EndpointName(endpoint));
    double cost = 0;
    for (Hosting.Variant variant : there.map(Hosting.Endpoint::variants).orElse(List.of())) {
      var price = cloud.account().pricePerHour(variant.instance());
      if (price.isEmpty() && variant.now() > 0) {
        return null;
      }
      cost += variant.now() * price.orElse(0);
    }
    return cost;
  }
}
