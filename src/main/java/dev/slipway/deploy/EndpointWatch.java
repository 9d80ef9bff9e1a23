package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Alarms.Alarm;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.ContainerLogs.Line;
import dev.slipway.deploy.cloud.Hosting;
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

/**
 * Looks at an endpoint while its stack changes: says in which state it is, reads its containers'
 * log early, and says what smells, instead of an hour of silence.
 */
final class EndpointWatch implements StackWatch {
  private static final Duration BETWEEN_LOGS = Duration.ofSeconds(15);
  private static final Duration BETWEEN_SIGNS = Duration.ofMinutes(5);

  /** Logs arrive late, and clocks differ. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  /** How the names of the alarms of {@code endpoint.update.alarms} end, after the stack's. */
  private static final Set<String> UNDOING = Set.of("errors", "latency");

  private static final int MOST_READ = 200;
  private static final int MOST_KEPT = 1_000;
  private static final int MOST_SHOWN = 20;

  private final Collaborators with;
  private final Cloud cloud;
  private final ResourceNames names;
  private final Runnable alive;
  private final Instant begun;
  private final List<Line> lines = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private final Set<String> diagnosed = new HashSet<>();
  private Optional<String> status = Optional.empty();
  private Optional<String> componentStatus = Optional.empty();
  private Instant statusSince;
  private Instant nextSign;
  private Instant nextLogs;
  private int shown;
  private boolean logsRefused;
  private boolean looked;

  /**
   * Begins to look.
   *
   * @param alive is run at each look
   */
  EndpointWatch(Collaborators with, ResourceNames names, Runnable alive) {
    this.with = with;
    this.cloud = with.cloud();
    this.names = names;
    this.alive = alive;
    this.begun = with.pace().now();
    this.statusSince = begun;
    this.nextSign = begun.plus(BETWEEN_SIGNS);
    this.nextLogs = begun;
  }

  @Override
  public void look() {
    alive.run();
    try {
      Optional<Hosting.Endpoint> endpoint = cloud.hosting().endpoint(names.endpoint());
      endpoint
          .map(Hosting.Endpoint::status)
          .ifPresentOrElse(this::endpointIs, () -> status = Optional.empty());
      names
          .component()
          .flatMap(cloud.hosting()::component)
          .map(Hosting.Component::status)
          .ifPresent(this::componentIs);
      if (changing() && !with.pace().now().isBefore(nextLogs)) {
        nextLogs = with.pace().now().plus(BETWEEN_LOGS);
        readLogs();
      }
    } catch (CloudFailure blind) {
      // The stack is what is waited for: its wait decides how long not seeing is borne.
      org.slf4j.LoggerFactory.getLogger(EndpointWatch.class).debug("Cannot look", blind);
    }
  }

  @Override
  public boolean changing() {
    return status.isPresent()
        && (!status.get().matches("InService|Failed")
            || componentStatus.filter(now -> !now.equals("InService")).isPresent());
  }

  private void endpointIs(String now) {
    if (!status.equals(Optional.of(now))) {
      status = Optional.of(now);
      statusSince = with.pace().now();
      nextSign = statusSince.plus(BETWEEN_SIGNS);
      with.onlooker().accept(new DeployEvent.EndpointIs(names.endpoint().value(), now));
    } else if (with.pace().now().isAfter(nextSign)) {
      nextSign = with.pace().now().plus(BETWEEN_SIGNS);
      long minutes = Duration.between(statusSince, with.pace().now()).toMinutes();
      if (!now.equals("InService")) {
        with.note(
            "%s is %s since %d minutes%s"
                .formatted(
                    names.endpoint(),
                    now,
                    minutes,
                    lines.isEmpty() ? "; no container has written a line yet" : ""));
      }
    }
  }

  private void componentIs(String now) {
    if (!componentStatus.equals(Optional.of(now))) {
      componentStatus = Optional.of(now);
      with.onlooker()
          .accept(new DeployEvent.EndpointIs("component " + names.component().orElse(""), now));
    }
  }

  private void readLogs() {
    if (logsRefused) {
      return;
    }
    List<Line> read;
    try {
      read = cloud.logs().read(names.logGroup(), begun.minus(MARGIN), MOST_READ);
      looked = true;
    } catch (CloudFailure refused) {
      if (refused.kind() == CloudFailure.Kind.DENIED) {
        logsRefused = true;
        with.warn("The containers' log can't be read: " + refused.getMessage());
      }
      return;
    }
    for (Line line : read) {
      if (seen.add(line.id())) {
        hear(line);
      }
    }
    ContainerDiagnosis.of(lines)
        .filter(diagnosis -> diagnosed.add(diagnosis.code()))
        .ifPresent(diagnosis -> with.warn(diagnosis.cause() + " " + diagnosis.remedy()));
  }

  private void hear(Line line) {
    if (lines.size() == MOST_KEPT) {
      lines.removeFirst();
    }
    lines.add(line);
    if (ContainerDiagnosis.smells(line) && shown < MOST_SHOWN) {
      shown++;
      with.onlooker().accept(new DeployEvent.ContainerSaid(line));
    }
  }

  @Override
  public Diagnosis diagnose(List<Stacks.Event> failed) {
    try {
      readLogs();
      Optional<String> reason =
          cloud
              .hosting()
              .endpoint(names.endpoint())
              .flatMap(Hosting.Endpoint::failureReason)
              .or(
                  () ->
                      names
                          .component()
                          .flatMap(cloud.hosting()::component)
                          .flatMap(Hosting.Component::failureReason));
      return FailureCause.of(
          names.endpointStack(), failed, reason, lines, ringing(), looked && !logsRefused);
    } catch (CloudFailure blind) {
      return FailureCause.of(
          names.endpointStack(), failed, Optional.empty(), lines, List.of(), false);
    }
  }

  /** Only alarms that undo an update count: others ring in daily work, such as that to wake. */
  private List<Alarm> ringing() {
    String stack = names.endpointStack();
    return cloud.alarms().startingWith(stack + "-").stream()
        .filter(Alarm::rings)
        .filter(alarm -> UNDOING.contains(alarm.name().substring(stack.length() + 1)))
        .toList();
  }
}
