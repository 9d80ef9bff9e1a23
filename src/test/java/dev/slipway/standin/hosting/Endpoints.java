package dev.slipway.standin.hosting;

import dev.slipway.standin.hosting.EndpointState.Fleet;
import dev.slipway.standin.kernel.AwsError;
import dev.slipway.standin.kernel.Conditions.AlarmRollback;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** SageMaker's endpoints: how they are made, changed, rolled back and taken away. */
final class Endpoints {
  final Map<String, EndpointState> all = new TreeMap<>();
  private final World world;
  private final Artifacts artifacts;
  private final SimulatedScaling scaling;
  private final SimulatedLogs logs;
  private final SimulatedAlarms alarms;

  /** Why a fleet can't run, and whether its container said why. */
  private record Trouble(String reason) {}

  Endpoints(
      World world,
      Artifacts artifacts,
      SimulatedScaling scaling,
      SimulatedLogs logs,
      SimulatedAlarms alarms) {
    this.world = world;
    this.artifacts = artifacts;
    this.scaling = scaling;
    this.logs = logs;
    this.alarms = alarms;
  }

  EndpointState get(String name) {
    EndpointState found = all.get(name);
    if (found == null) {
      throw AwsError.refused(
          "Could not find endpoint \""
              + world.region().arn("sagemaker", "endpoint/" + name)
              + "\".");
    }
    return found;
  }

  EndpointState create(String name, String config, Map<String, String> tags) {
    if (all.containsKey(name)) {
      throw AwsError.refused(
          "Cannot create already existing endpoint \"" + all.get(name).arn + "\".");
    }
    ConfigState wanted = artifacts.config(config);
    EndpointState endpoint =
        new EndpointState(
            name,
            world.region().arn("sagemaker", "endpoint/" + name),
            config,
            tags,
            world.agenda().now());
    all.put(name, endpoint);
    for (ConfigState.Variant variant : wanted.variants()) {
      endpoint.fleets.put(
          variant.name(), new Fleet(variant.instances().getFirst(), 0, variant.count()));
    }
    Optional<Trouble> trouble = trouble(endpoint, wanted);
    if (trouble.isEmpty()) {
      say(endpoint, List.of("Starting the server", "Application startup complete."));
    }
    later(
        endpoint,
        world.conditions().creating(),
        () -> {
          trouble.ifPresentOrElse(
              bad -> {
                endpoint.failureReason = Optional.of(bad.reason());
                endpoint.become("Failed", world.agenda().now());
              },
              () -> run(endpoint, wanted, desired(endpoint, wanted, false)));
        });
    return endpoint;
  }

  /** Begins an update to another configuration. */
  void update(String name, String config, boolean retainVariantProperties) {
    EndpointState endpoint = get(name);
    refuseWhileBusy(endpoint, "update");
    if (endpoint.status.equals("Failed")) {
      throw AwsError.refused("Cannot update endpoint \"" + endpoint.arn + "\" in Failed status.");
    }
    ConfigState before = artifacts.lastKnown(endpoint.config);
    ConfigState wanted = artifacts.config(config);
    refuseScaled(endpoint, before, wanted);
    endpoint.failureReason = Optional.empty();
    endpoint.rolledBack = Optional.empty();
    endpoint.become("Updating", world.agenda().now());
    Map<String, Integer> desired = desired(endpoint, wanted, retainVariantProperties);
    Optional<AlarmRollback> alarm = world.conditions().takeAlarmRollback();
    Optional<Trouble> trouble = trouble(endpoint, wanted);
    Duration time = world.conditions().updating();
    if (alarm.isEmpty() && trouble.isEmpty()) {
      later(endpoint, time, () -> run(endpoint, wanted, desired));
      return;
    }
    boolean noticed = alarm.map(AlarmRollback::stackNotices).orElse(true);
    String reason =
        alarm
            .map(
                one ->
                    "One or more alarms went into ALARM state during the deployment: "
                        + one.alarm())
            .or(() -> trouble.map(Trouble::reason))
            .orElse("");
    later(
        endpoint,
        time.dividedBy(2),
        () -> {
          alarm.ifPresent(one -> alarms.ring(one.alarm(), reason));
          endpoint.become("RollingBack", world.agenda().now());
          later(
              endpoint,
              time.dividedBy(2),
              () -> {
                // SageMaker says no reason any more once it is back in service.
                endpoint.rolledBack = noticed ? Optional.of(reason) : Optional.empty();
                endpoint.become("InService", world.agenda().now());
              });
        });
  }

  void resize(String name, String variant, int instances) {
    EndpointState endpoint = get(name);
    refuseWhileBusy(endpoint, "update");
    Fleet fleet = endpoint.fleets.get(variant);
    if (fleet == null) {
      throw AwsError.refused("Could not find variant \"" + variant + "\".");
    }
    endpoint.fleets.put(variant, new Fleet(fleet.instance(), fleet.now(), instances));
    endpoint.become("Updating", world.agenda().now());
    later(
        endpoint,
        world.conditions().updating(),
        () -> {
          endpoint.fleets.put(variant, new Fleet(fleet.instance(), instances, instances));
          endpoint.become("InService", world.agenda().now());
        });
  }

  void delete(String name, boolean holdsComponents) {
    EndpointState endpoint = get(name);
    refuseWhileBusy(endpoint, "delete");
    if (holdsComponents) {
      throw AwsError.refused(
          "Cannot delete endpoint \""
              + endpoint.arn
              + "\" because it has inference components. Delete them first.");
    }
    endpoint.become("Deleting", world.agenda().now());
    later(endpoint, world.conditions().deleting(), () -> all.remove(name, endpoint));
  }

  /** Lets SageMaker work on an endpoint by itself for a while. */
  void updateBySystem(String name, Duration time) {
    EndpointState endpoint = get(name);
    endpoint.become("SystemUpdating", world.agenda().now());
    later(endpoint, time, () -> endpoint.become("InService", world.agenda().now()));
  }

  private void later(EndpointState endpoint, Duration delay, Runnable end) {
    int change = ++endpoint.change;
    world
        .agenda()
        .after(
            delay,
            () -> {
              if (endpoint.change == change) {
                end.run();
              }
            });
  }

  private void run(EndpointState endpoint, ConfigState config, Map<String, Integer> desired) {
    endpoint.fleets.clear();
    for (ConfigState.Variant variant : config.variants()) {
      int count = desired.getOrDefault(variant.name(), variant.count());
      endpoint.fleets.put(
          variant.name(), new Fleet(available(variant).orElseThrow(), count, count));
    }
    endpoint.config = config.name();
    endpoint.become("InService", world.agenda().now());
  }

  private static Map<String, Integer> desired(
      EndpointState endpoint, ConfigState wanted, boolean retain) {
    Map<String, Integer> desired = new LinkedHashMap<>();
    for (ConfigState.Variant variant : wanted.variants()) {
      Fleet fleet = endpoint.fleets.get(variant.name());
      desired.put(variant.name(), retain && fleet != null ? fleet.desired() : variant.count());
    }
    return desired;
  }

  private Optional<String> available(ConfigState.Variant variant) {
    return variant.instances().stream()
        .filter(type -> !world.conditions().isScarce(type))
        .findFirst();
  }

  /** Finds out why a configuration can't run; its container says so in the log at once. */
  private Optional<Trouble> trouble(EndpointState endpoint, ConfigState config) {
    for (ConfigState.Variant variant : config.variants()) {
      if (available(variant).isEmpty()) {
        return Optional.of(
            new Trouble(
                "Unable to provision requested ML compute capacity due to"
                    + " InsufficientInstanceCapacity error. Please retry using a different ML"
                    + " instance type or after some time."));
      }
      Optional<List<String>> said =
          variant
              .model()
              .map(artifacts::model)
              .flatMap(model -> world.conditions().ailment(model.image() + " " + model.data()));
      if (said.isPresent()) {
        say(endpoint, said.get());
        return Optional.of(
            new Trouble(
                "The primary container for production variant "
                    + variant.name()
                    + " did not pass the ping health check. Please check CloudWatch logs for this"
                    + " endpoint."));
      }
    }
    return Optional.empty();
  }

  private void say(EndpointState endpoint, List<String> lines) {
    String variant = endpoint.fleets.keySet().stream().findFirst().orElse("main");
    logs.write("/aws/sagemaker/Endpoints/" + endpoint.name, variant + "/i-0a1b2c3d4e5f", lines);
  }

  private static void refuseWhileBusy(EndpointState endpoint, String verb) {
    if (endpoint.busy()) {
      throw AwsError.refused("Cannot " + verb + " in-progress endpoint \"" + endpoint.arn + "\".");
    }
  }

  private void refuseScaled(EndpointState endpoint, ConfigState before, ConfigState wanted) {
    for (ConfigState.Variant variant : before.variants()) {
      boolean same =
          wanted.variants().stream()
              .anyMatch(
                  other ->
                      other.name().equals(variant.name())
                          && other.instances().equals(variant.instances()));
      String resource = "endpoint/" + endpoint.name + "/variant/" + variant.name();
      if (!same && !scaling.targets(List.of(resource)).isEmpty()) {
        throw AwsError.refused(
            "The variant(s) \""
                + variant.name()
                + "\" must be deregistered as a scalable target with AutoScaling before they can be"
                + " removed or have their instance type updated.");
      }
    }
  }
}
