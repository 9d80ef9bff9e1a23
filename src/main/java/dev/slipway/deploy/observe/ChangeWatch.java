package dev.slipway.deploy.observe;

import dev.slipway.deploy.DeployEvent;
import dev.slipway.deploy.EnvironmentStore;
import dev.slipway.deploy.LockRecord;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.Presence;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.ContainerServices;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.RolledBack;
import dev.slipway.failure.StillWorking;
import dev.slipway.plan.ResourceNames;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Looks on while the cloud changes a deployment that another run, or nobody, waits for. */
public final class ChangeWatch {
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final Cloud cloud;
  private final ResourceNames names;
  private final Presence presence;
  private final Pace pace;
  private final Consumer<DeployEvent> onlooker;
  private final Set<String> seen = new HashSet<>();
  private final Set<String> holders = new HashSet<>();
  private String status = "";

  /** Watches one environment. */
  public ChangeWatch(
      Cloud cloud,
      ResourceNames names,
      Presence presence,
      Pace pace,
      Consumer<DeployEvent> onlooker) {
    this.cloud = cloud;
    this.names = names;
    this.presence = presence;
    this.pace = pace;
    this.onlooker = onlooker;
  }

  /**
   * Watches until nothing is on its way any more, and no run that lives holds the environment's
   * lock: one that copies a model has not begun to change anything that could be seen.
   *
   * @param most how long at most
   * @throws RolledBack if the change was taken back
   * @throws OperationFailed if it failed, and was not taken back
   * @throws StillWorking if it takes longer, or can't be watched any more
   */
  public void untilDone(Duration most) {
    Instant end = pace.now().plus(most);
    boolean begun = false;
    while (true) {
      try {
        if (quiet(begun)) {
          return;
        }
        begun = true;
      } catch (CloudFailure failure) {
        if (!begun || !lost(failure)) {
          throw failure;
        }
        throw new StillWorking(
            "Lost sight of \"" + names.deployment() + "\"",
            failure.what() + ": " + failure.why(),
            "Mend that and look again: slipway status --watch.",
            failure);
      }
      if (pace.now().isAfter(end)) {
        throw new StillWorking(
            "\"" + names.deployment() + "\" is still being changed",
            "it is not done after " + most.toMinutes() + " min.",
            "Look again: slipway status --watch.",
            null);
      }
      pace.pause(LOOK);
    }
  }

  private static boolean lost(CloudFailure failure) {
    return switch (failure.kind()) {
      case CREDENTIALS, UNREACHABLE, THROTTLED, INTERNAL -> true;
      case DENIED, CONFLICT, NOT_FOUND, QUOTA, INVALID -> false;
    };
  }

  private boolean quiet(boolean begun) {
    Optional<Stacks.Stack> stack = cloud.stacks().find(names.endpointStack());
    stack.ifPresent(there -> tell(there, begun));
    Optional<String> endpoint = cloud.hosting().endpoint(names.endpoint()).map(e -> e.status());
    endpoint.filter(now -> !now.equals(status)).ifPresent(this::tell);
    if (stack.filter(there -> there.status().busy()).isPresent()) {
      return false;
    }
    Optional<Stacks.Stack> store = cloud.stacks().find(names.storeStack());
    if (store.filter(there -> there.status().busy()).isPresent()) {
      return false;
    }
    var service = new ServiceStatus(cloud, names);
    if (serviceChanges(service, begun)) {
      return false;
    }
    switch (Phase.of(stack.map(Stacks.Stack::status), endpoint)) {
      case STARTING, UPDATING, ROLLING_BACK, REMOVING -> {
        return false;
      }
      case ABSENT, RUNNING, FAILED -> {}
    }
    Optional<LockRecord> holder = holder();
    if (holder.isPresent()) {
      tell(holder.get());
      return false;
    }
    stack.ifPresent(this::judge);
    service.stack().ifPresent(this::judge);
    return true;
  }

  /** Tells what becomes of the business layer on ECS, and returns whether it is at work. */
  private boolean serviceChanges(ServiceStatus service, boolean begun) {
    Optional<ContainerServices.Service> tasks = service.tasks();
    service
        .stack()
        .ifPresent(
            there -> {
              tell(there, begun);
              tasks.ifPresent(now -> tell(now, there.updated().orElse(there.created()), begun));
            });
    return service.stack().filter(there -> there.status().busy()).isPresent()
        || tasks
            .filter(
                now -> now.status().equals("ACTIVE") && now.rollout().state().equals("IN_PROGRESS"))
            .isPresent();
  }

  /** Returns who works on the environment; absent, too, where the caller may not know. */
  private Optional<LockRecord> holder() {
    try {
      return new EnvironmentStore(cloud, names).holder(presence, pace);
    } catch (CloudFailure failure) {
      if (lost(failure)) {
        throw failure;
      }
      return Optional.empty();
    }
  }

  private void tell(LockRecord holder) {
    if (holders.add(holder.id())) {
      onlooker.accept(
          new DeployEvent.Note(
              "%s works on it since %s, from process %d on %s: waiting for that run."
                  .formatted(holder.who(), holder.since(), holder.pid(), holder.host()),
              false));
    }
  }

  private void judge(Stacks.Stack stack) {
    String why =
        Causes.of(cloud.stacks().events(stack.id(), Optional.empty()))
            .or(stack::reason)
            .orElse("CloudFormation names no cause; see its events.");
    switch (Outcome.of(stack.status())) {
      case DONE, GONE, WORKING -> {}
      case ROLLED_BACK ->
          throw new RolledBack(
              "stack_rolled_back",
              "The change of \""
                  + names.deployment()
                  + "\" was rolled back ("
                  + stack.status()
                  + ")",
              why,
              stack.status() == StackStatus.ROLLBACK_COMPLETE
                  ? "Mend the cause and deploy again, or remove the rest: slipway destroy."
                  : "What ran before runs still. Mend the cause (slipway logs) and deploy again.");
      case FAILED ->
          throw new OperationFailed(
              "stack_failed",
              "The change of \"" + names.deployment() + "\" failed (" + stack.status() + ")",
              why,
              stack.status() == StackStatus.DELETE_FAILED
                  ? "Go on removing it: slipway destroy."
                  : "Deploy again: it puts the stack in order first. Or remove it: slipway"
                      + " destroy.");
    }
  }

  private void tell(String now) {
    status = now;
    onlooker.accept(new DeployEvent.EndpointIs(names.endpoint().value(), now));
  }

  /** Tells what ECS said of the tasks, oldest first. */
  private void tell(ContainerServices.Service tasks, Instant since, boolean begun) {
    for (ContainerServices.Event event : tasks.events().reversed()) {
      if (seen.add(event.id()) && (begun || !event.at().isBefore(since))) {
        onlooker.accept(new DeployEvent.Note(event.text(), false));
      }
    }
  }

  /** Tells what the stack said since the watch began; of what it said before, the last change. */
  private void tell(Stacks.Stack stack, boolean begun) {
    Instant since = stack.updated().orElse(stack.created());
    for (Stacks.Event event : cloud.stacks().events(stack.id(), Optional.empty())) {
      if (seen.add(event.id()) && (begun || !event.at().isBefore(since))) {
        onlooker.accept(new DeployEvent.StackSaid(stack.name(), event));
      }
    }
  }
}
