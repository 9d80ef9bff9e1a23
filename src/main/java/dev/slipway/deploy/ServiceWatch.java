package dev.slipway.deploy;

import dev.slipway.deploy.cloud.ContainerLogs.Line;
import dev.slipway.deploy.cloud.ContainerServices;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.failure.CloudFailure;
import dev.slipway.plan.ResourceNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at the tasks of a service while its stack changes, and tells what ECS says of them. */
final class ServiceWatch implements StackWatch {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(15);

  /** Clocks differ. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private static final String TYPE = "AWS::ECS::Service";
  private static final int MOST_LINES = 100;

  /** So begins the reason of a task that makes room for another. */
  private static final String REPLACED = "Scaling activity initiated";

  private final Collaborators with;
  private final ResourceNames names;
  private final Runnable alive;
  private final Instant begun;
  private final Set<String> told = new HashSet<>();
  private Optional<String> trouble = Optional.empty();
  private Optional<String> lastError = Optional.empty();
  private Optional<String> lastStop = Optional.empty();
  private Instant next;

  /**
   * Begins to look.
   *
   * @param alive is run at each look
   */
  ServiceWatch(Collaborators with, ResourceNames names, Runnable alive) {
    this.with = with;
    this.names = names;
    this.alive = alive;
    this.begun = with.pace().now();
    this.next = begun;
  }

  @Override
  public void look() {
    alive.run();
    if (with.pace().now().isBefore(next)) {
      return;
    }
    next = with.pace().now().plus(BETWEEN_LOOKS);
    listen();
  }

  /**
   * Tells what is new, and keeps what could be the cause of a failure: a stack whose first tasks
   * don't come up takes service and log group away with it.
   */
  void listen() {
    try {
      for (ContainerServices.Event event : events()) {
        if (told.add(event.id())) {
          with.note(event.text());
        }
        if (event.text().matches("(?is).*(unable|failed|unhealthy|error|denied).*")) {
          trouble = Optional.of(event.text());
        }
      }
      with.cloud().logs().read(names.serviceLogGroup(), begun.minus(MARGIN), MOST_LINES).stream()
          .map(Line::text)
          .filter(text -> text.matches("(?s).*(Cannot |Error|Exception|ERROR).*"))
          .reduce((_, later) -> later)
          .ifPresent(line -> lastError = Optional.of(line));
      // An image that can't be pulled, or a secret that can't be read, leaves no line in the log.
      service(with.cloud().stacks(), names).stream()
          .flatMap(arn -> with.cloud().services().stops(arn).stream())
          .filter(stop -> stop.at().isAfter(begun.minus(MARGIN)))
          .map(ContainerServices.Stop::reason)
          .filter(reason -> !reason.isEmpty() && !reason.startsWith(REPLACED))
          .findFirst()
          .ifPresent(this::stopped);
    } catch (CloudFailure blind) {
      // The stack is what is waited for: its wait decides how long not seeing is borne.
      org.slf4j.LoggerFactory.getLogger(ServiceWatch.class).debug("Cannot look", blind);
    }
  }

  private void stopped(String reason) {
    if (told.add(reason)) {
      with.note("A task stopped: " + reason);
    }
    lastStop = Optional.of(reason);
  }

  /** Returns what ECS has said of the service since this began, oldest first. */
  private List<ContainerServices.Event> events() {
    return service(with.cloud().stacks(), names)
        .flatMap(with.cloud().services()::find)
        .map(ContainerServices.Service::events)
        .orElse(List.of())
        .reversed()
        .stream()
        .filter(event -> event.at().isAfter(begun.minus(MARGIN)))
        .toList();
  }

  /** Returns the ARN of a stack's service; absent before it is made. */
  static Optional<String> service(Stacks stacks, ResourceNames names) {
    if (stacks.find(names.serviceStack()).isEmpty()) {
      return Optional.empty();
    }
    return stacks.resources(names.serviceStack()).stream()
        .filter(resource -> resource.type().equals(TYPE))
        .flatMap(resource -> resource.physicalId().stream())
        .filter(id -> id.startsWith("arn:"))
        .findFirst();
  }

  @Override
  public boolean changing() {
    return false;
  }

  /** The container's own words say more than that tasks don't stay up. */
  @Override
  public Diagnosis diagnose(List<Stacks.Event> failed) {
    listen();
    List<String> said = new ArrayList<>();
    trouble.ifPresent(said::add);
    lastStop.ifPresent(
        reason -> said.add("A task stopped: " + reason.replaceFirst("[.]$", "") + "."));
    lastError.ifPresent(line -> said.add("Its log says: " + line));
    if (said.isEmpty()) {
      return FailureCause.of(
          names.serviceStack(), failed, Optional.empty(), List.of(), List.of(), false);
    }
    return new Diagnosis(
        "service_failed",
        String.join(" ", said),
        "Correct it, deploy again. Its log group is "
            + names.serviceLogGroup()
            + ", unless the stack has taken it away.");
  }
}
