package dev.slipway.standin.hosting;

import dev.slipway.deploy.cloud.ContainerServices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * ECS's services: tasks start after a while, or don't come up and trip the circuit breaker. Not
 * thread-safe: the simulation takes one call at a time.
 */
public final class SimulatedServices implements ContainerServices {
  private static final int MOST_EVENTS = 100;

  /** So many times tasks are tried until ECS gives up, at the least. */
  private static final int TRIES = 3;

  private final World world;
  private final SimulatedLogs logs;
  private final Map<String, Task> definitions = new TreeMap<>();
  private final Map<String, State> services = new TreeMap<>();
  private int revisions;
  private int events;

  /**
   * A task definition.
   *
   * @param image of its container
   * @param logGroup that the container writes to; absent where it writes none
   */
  public record Task(String image, Optional<String> logGroup) {}

  private static final class State {
    private final List<Event> events = new ArrayList<>();
    private final List<Stop> stops = new ArrayList<>();
    private String status = "ACTIVE";
    private Rollout rollout = new Rollout("IN_PROGRESS", Optional.empty());
    private int desired;
    private int running;
    private int deployments;

    State(int desired) {
      this.desired = desired;
    }
  }

  /** Makes none. */
  public SimulatedServices(World world, SimulatedLogs logs) {
    this.world = world;
    this.logs = logs;
  }

  /** Registers a task definition as the next revision of its family; returns its ARN. */
  public String register(String family, Task task) {
    String arn = world.region().arn("ecs", "task-definition/" + family + ":" + ++revisions);
    definitions.put(arn, task);
    return arn;
  }

  /**
   * Makes a service, or lets it have other tasks.
   *
   * @param task the ARN of its definition; one that isn't registered starts
   * @param desired absent to leave the number as it is, which is 1 at first
   */
  public void deploy(String arn, String task, Optional<Integer> desired) {
    State state = services.computeIfAbsent(arn, _ -> new State(desired.orElse(1)));
    state.desired = desired.orElse(state.desired);
    int deployment = ++state.deployments;
    state.rollout =
        new Rollout("IN_PROGRESS", Optional.of("ECS deployment " + id(arn) + " in progress."));
    Optional<Task> definition = Optional.ofNullable(definitions.get(task));
    Optional<List<String>> ailment =
        definition.flatMap(it -> world.conditions().ailment(it.image()));
    Duration starting = world.conditions().starting();
    tell(arn, state, "has started " + state.desired + " tasks: (task " + world.names().id() + ").");
    if (ailment.isEmpty()) {
      world
          .agenda()
          .after(
              starting,
              () -> {
                if (state.deployments == deployment && state.status.equals("ACTIVE")) {
                  state.running = state.desired;
                  state.rollout =
                      new Rollout(
                          "COMPLETED", Optional.of("ECS deployment " + id(arn) + " completed."));
                  tell(arn, state, "has reached a steady state.");
                }
              });
      return;
    }
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      boolean last = attempt == TRIES;
      world
          .agenda()
          .after(
              starting.multipliedBy(attempt),
              () -> {
                if (state.deployments == deployment && state.status.equals("ACTIVE")) {
                  definition
                      .flatMap(Task::logGroup)
                      .ifPresent(
                          group ->
                              logs.write(
                                  group,
                                  "service/service/" + world.names().id(),
                                  ailment.orElseThrow()));
                  state.stops.addFirst(new Stop(world.agenda().now(), reason(ailment.get())));
                  if (last) {
                    state.rollout =
                        new Rollout(
                            "FAILED",
                            Optional.of("ECS deployment circuit breaker: tasks failed to start."));
                    tell(
                        arn,
                        state,
                        "(deployment " + id(arn) + ") deployment failed: tasks failed to start.");
                  }
                }
              });
    }
  }

  /** A task that has said nothing has never begun. */
  private static String reason(List<String> lines) {
    return lines.isEmpty()
        ? "CannotPullContainerError: pull image manifest has been retried 1 time(s): not found"
        : "Essential container in task exited; exit code 1";
  }

  /** Lets a service have as many tasks as its scaling wants at least. */
  public void atLeast(String resource, int desired) {
    services.forEach(
        (arn, state) -> {
          if (arn.endsWith(":" + resource) && state.desired < desired) {
            state.desired = desired;
            tell(
                arn,
                state,
                "has started " + desired + " tasks: (task " + world.names().id() + ").");
            world
                .agenda()
                .after(world.conditions().starting(), () -> state.running = state.desired);
          }
        });
  }

  /** Returns whether tasks are on their way up or down. */
  public boolean moving(String arn) {
    return find(arn)
        .filter(
            service ->
                service.status().equals("DRAINING")
                    || (service.status().equals("ACTIVE")
                        && service.rollout().state().equals("IN_PROGRESS")))
        .isPresent();
  }

  /** Takes a service away: its tasks go first. */
  public void remove(String arn) {
    State state = services.get(arn);
    if (state == null || !state.status.equals("ACTIVE")) {
      return;
    }
    state.status = "DRAINING";
    state.desired = 0;
    tell(arn, state, "has stopped " + state.running + " running tasks.");
    world
        .agenda()
        .after(
            world.conditions().deleting(),
            () -> {
              state.running = 0;
              state.status = "INACTIVE";
            });
  }

  /** Lists the ARNs of those that are not gone. */
  public List<String> all() {
    return services.entrySet().stream()
        .filter(entry -> !entry.getValue().status.equals("INACTIVE"))
        .map(Map.Entry::getKey)
        .toList();
  }

  @Override
  public Optional<Service> find(String arn) {
    return Optional.ofNullable(services.get(arn))
        .map(
            state ->
                new Service(
                    state.status,
                    state.running,
                    state.desired,
                    state.rollout,
                    state.events.stream().limit(MOST_EVENTS).toList()));
  }

  @Override
  public List<Stop> stops(String arn) {
    return Optional.ofNullable(services.get(arn))
        .map(state -> List.copyOf(state.stops))
        .orElse(List.of());
  }

  private void tell(String arn, State state, String text) {
    state.events.addFirst(
        new Event(
            world.names().id(),
            world.agenda().now(),
            "(service " + arn.substring(arn.lastIndexOf('/') + 1) + ") " + text));
    events++;
  }

  private String id(String arn) {
    return "ecs-svc/" + Math.abs((long) arn.hashCode() * 1_000 + events);
  }
}
