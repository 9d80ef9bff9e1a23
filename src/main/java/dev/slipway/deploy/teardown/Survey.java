package dev.slipway.deploy.teardown;

import dev.slipway.deploy.StackOutputs;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.plan.ResourceNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds what there is of one environment, stacks aside. It lists everything and asks for tags,
 * looks for the names that Slipway gives, and describes each name that it ever heard of: a list can
 * be late, and a tag can be missing. It changes nothing. Not thread-safe.
 */
final class Survey {
  private static final String ENDPOINT_LOGS = "/aws/sagemaker/Endpoints/";
  private static final String COMPONENT_LOGS = "/aws/sagemaker/InferenceComponents/";
  private static final String VARIANT_DIMENSION = "sagemaker:variant:DesiredInstanceCount";

  private final Cloud cloud;
  private final ResourceNames names;
  private final Map<Sort, Set<String>> known = new EnumMap<>(Sort.class);
  private final Map<String, Boolean> ownership = new HashMap<>();

  Survey(Cloud cloud, ResourceNames names) {
    this.cloud = cloud;
    this.names = names;
    know(Sort.ENDPOINT, names.endpoint().value());
    names.component().ifPresent(name -> know(Sort.COMPONENT, name));
  }

  /** Takes a name to describe from now on, whatever lists say. */
  void know(Sort sort, String name) {
    if (!name.isBlank()) {
      names(sort).add(name);
    }
  }

  /** Takes the names that a stack's resources and outputs say. */
  void know(Stacks.Stack stack, Collection<Stacks.Resource> resources) {
    for (Stacks.Resource resource : resources) {
      resource.physicalId().ifPresent(id -> know(resource.type(), id));
    }
    var outputs = new StackOutputs(stack);
    know(Sort.ENDPOINT, outputs.endpoint(names).value());
    outputs.config().ifPresent(name -> know(Sort.CONFIG, name));
    outputs.model().ifPresent(name -> know(Sort.MODEL, name));
  }

  private void know(String type, String physicalId) {
    for (Sort sort : Sort.values()) {
      boolean described = sort.compareTo(Sort.COMPONENT) >= 0 && sort.compareTo(Sort.MODEL) <= 0;
      if (sort.type().equals(type) && (described || sort == Sort.ALARM)) {
        know(sort, last(physicalId));
      } else if (sort.type().equals(type) && sort == Sort.LOG_GROUP) {
        know(sort, physicalId);
      }
    }
  }

  private Set<String> names(Sort sort) {
    return known.computeIfAbsent(sort, _ -> new LinkedHashSet<>());
  }

  /** Lists what there is, what must go first at first. */
  List<Doomed> look() {
    List<Doomed> hosted = new ArrayList<>();
    hosted.addAll(endpoints());
    hosted.addAll(components());
    hosted.addAll(configs());
    hosted.addAll(models());
    List<Doomed> found = new ArrayList<>();
    found.addAll(alarms());
    found.addAll(targets());
    found.addAll(hosted);
    found.addAll(logs());
    found.sort(java.util.Comparator.comparing(Doomed::sort));
    return List.copyOf(found);
  }

  private List<Doomed> endpoints() {
    remember(Hosting.Kind.ENDPOINT, Sort.ENDPOINT);
    List<Doomed> found = new ArrayList<>();
    for (String name : names(Sort.ENDPOINT)) {
      cloud
          .hosting()
          .endpoint(new EndpointName(name))
          .ifPresent(
              endpoint -> {
                know(Sort.CONFIG, endpoint.config());
                found.add(Doomed.of(Sort.ENDPOINT, name, endpoint.status()));
              });
    }
    return found;
  }

  private List<Doomed> components() {
    remember(Hosting.Kind.COMPONENT, Sort.COMPONENT);
    Set<String> listed = new TreeSet<>();
    for (String endpoint : names(Sort.ENDPOINT)) {
      // Components that nobody told Slipway of keep the endpoint from going.
      cloud
          .hosting()
          .components(new EndpointName(endpoint))
          .forEach(component -> listed.add(component.name()));
    }
    listed.forEach(name -> know(Sort.COMPONENT, name));
    List<Doomed> found = new ArrayList<>();
    for (String name : names(Sort.COMPONENT)) {
      cloud
          .hosting()
          .component(name)
          .ifPresent(component -> found.add(Doomed.of(Sort.COMPONENT, name, component.status())));
    }
    return found;
  }

  private List<Doomed> configs() {
    remember(Hosting.Kind.ENDPOINT_CONFIG, Sort.CONFIG);
    List<Doomed> found = new ArrayList<>();
    for (String name : names(Sort.CONFIG)) {
      Optional<Hosting.Config> config = cloud.hosting().config(name);
      config.ifPresent(
          there -> {
            there.models().forEach(model -> know(Sort.MODEL, model));
            found.add(Doomed.of(Sort.CONFIG, name));
          });
    }
    return found;
  }

  private List<Doomed> models() {
    // There is no description of a model among the ports: each list names them all.
    Set<String> listed = new TreeSet<>();
    for (Hosting.Named model : cloud.hosting().list(Hosting.Kind.MODEL, "")) {
      if (owns(model) || names(Sort.MODEL).contains(model.name())) {
        listed.add(model.name());
      }
    }
    return listed.stream().map(name -> Doomed.of(Sort.MODEL, name)).toList();
  }

  private void remember(Hosting.Kind kind, Sort sort) {
    for (Hosting.Named listed : cloud.hosting().list(kind, "")) {
      if (!names(sort).contains(listed.name()) && owns(listed)) {
        know(sort, listed.name());
      }
    }
  }

  private boolean owns(Hosting.Named listed) {
    // Tags of a resource hardly change while it is removed; asking once is enough.
    return ownership.computeIfAbsent(listed.arn(), arn -> owns(listed.name(), tags(arn)));
  }

  private Map<String, String> tags(String arn) {
    try {
      return cloud.hosting().tags(arn);
    } catch (dev.slipway.failure.CloudFailure failure) {
      if (failure.kind() == dev.slipway.failure.CloudFailure.Kind.NOT_FOUND) {
        return Map.of(); // it went since the list was made
      }
      throw failure;
    }
  }

  private boolean owns(String name, Map<String, String> tags) {
    return switch (Ownership.of(tags, names)) {
      case OURS -> true;
      case ANOTHERS -> false;
      case UNTAGGED -> Ownership.named(name, names);
    };
  }

  private List<Doomed> alarms() {
    Set<String> found = new TreeSet<>();
    List<String> prefixes =
        new ArrayList<>(List.of(names.endpointStack() + "-", names.serviceStack() + "-"));
    for (String endpoint : names(Sort.ENDPOINT)) {
      prefixes.add("TargetTracking-endpoint/" + endpoint + "/");
    }
    for (String component : names(Sort.COMPONENT)) {
      prefixes.add("TargetTracking-inference-component/" + component + "-Alarm");
    }
    for (String prefix : prefixes) {
      cloud.alarms().startingWith(prefix).stream()
          .map(alarm -> alarm.name())
          .filter(name -> name.startsWith("TargetTracking-") || Ownership.named(name, names))
          .forEach(found::add);
    }
    for (String name : names(Sort.ALARM)) {
      cloud.alarms().startingWith(name).stream()
          .map(alarm -> alarm.name())
          .filter(name::equals)
          .forEach(found::add);
    }
    return found.stream().map(name -> Doomed.of(Sort.ALARM, name)).toList();
  }

  private List<Doomed> targets() {
    List<String> resources = new ArrayList<>();
    for (String endpoint : names(Sort.ENDPOINT)) {
      resources.add("endpoint/" + endpoint + "/variant/" + ResourceNames.VARIANT);
    }
    for (String component : names(Sort.COMPONENT)) {
      resources.add("inference-component/" + component);
    }
    return cloud.scaling().targets(resources).stream()
        .map(
            target ->
                Doomed.of(
                    Sort.SCALING,
                    target.resource(),
                    target.dimension().isEmpty() ? VARIANT_DIMENSION : target.dimension()))
        .toList();
  }

  private List<Doomed> logs() {
    Set<String> wanted = new LinkedHashSet<>(names(Sort.LOG_GROUP));
    wanted.add(names.logGroup());
    wanted.add(names.serviceLogGroup());
    names(Sort.ENDPOINT).forEach(name -> wanted.add(ENDPOINT_LOGS + name));
    names(Sort.COMPONENT).forEach(name -> wanted.add(COMPONENT_LOGS + name));
    wanted.add(COMPONENT_LOGS + names.endpoint());
    List<Doomed> found = new ArrayList<>();
    for (String group : wanted) {
      if (cloud.logs().groups(group).contains(group)) {
        found.add(Doomed.of(Sort.LOG_GROUP, group));
      }
    }
    return found;
  }

  /** Returns the name under which {@link #look} lists what a stack knows by an id. */
  static String title(Stacks.Resource resource, String physicalId) {
    // CloudFormation's id of a scalable target is its resource, dimension and namespace.
    return resource.type().equals(Sort.SCALING.type())
        ? physicalId.split("\\|", 2)[0]
        : last(physicalId);
  }

  /** Returns the name behind an ARN's last slash, or the text itself where it is a name. */
  static String last(String physicalId) {
    if (!physicalId.startsWith("arn:")) {
      return physicalId;
    }
    int slash = physicalId.lastIndexOf('/');
    return slash >= 0
        ? physicalId.substring(slash + 1)
        : physicalId.substring(physicalId.lastIndexOf(':') + 1);
  }
}
