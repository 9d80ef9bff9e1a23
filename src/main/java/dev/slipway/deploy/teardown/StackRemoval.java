package dev.slipway.deploy.teardown;

import dev.slipway.deploy.DeployEvent;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.failure.CloudFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Deletes one stack: waits while CloudFormation works on it, tries again where it could not be
 * deleted whole, and where a resource stays stuck lets the stack go without it.
 */
final class StackRemoval {
  /** Whole deletions, before the stack goes without what is stuck. */
  private static final int WHOLE_TRIES = 3;

  private final Stacks stacks;
  private final Pace pace;
  private final Patience patience;
  private final Consumer<DeployEvent> onlooker;
  private final String name;
  private final boolean mayRetain;
  private Optional<String> lastEvent = Optional.empty();
  private Optional<StackStatus> told = Optional.empty();
  private int tries;

  /**
   * Prepares.
   *
   * @param mayRetain whether the stack may go without what is stuck; not where only the stack
   *     remembers its name
   */
  StackRemoval(
      Stacks stacks,
      Pace pace,
      Patience patience,
      Consumer<DeployEvent> onlooker,
      String name,
      boolean mayRetain) {
    this.stacks = stacks;
    this.pace = pace;
    this.patience = patience;
    this.onlooker = onlooker;
    this.name = name;
    this.mayRetain = mayRetain;
  }

  /**
   * What came of it.
   *
   * @param deleted the stack and its resources
   * @param stuck the resources that stayed, with their reasons
   * @param left why the stack itself stayed; absent if it is gone
   */
  record Outcome(
      List<Removal.Deleted> deleted, List<Stacks.Resource> stuck, Optional<String> left) {}

  /**
   * Deletes it.
   *
   * @param unblock is done before each try: removes what would keep the stack from going
   */
  Outcome remove(Runnable unblock) {
    Optional<Stacks.Stack> first = stacks.find(name);
    if (first.isEmpty()) {
      return new Outcome(List.of(), List.of(), Optional.empty());
    }
    String id = first.get().id();
    List<Stacks.Resource> resources = stacks.resources(id);
    List<Stacks.Event> old = stacks.events(id, Optional.empty());
    lastEvent = old.isEmpty() ? Optional.empty() : Optional.of(old.getLast().id());
    List<Stacks.Resource> stuck = new ArrayList<>();
    Instant end = pace.now().plus(patience.stack());
    Optional<Stacks.Stack> stack = first;
    while (stack.isPresent() && stack.get().status() != StackStatus.DELETE_COMPLETE) {
      if (end.isBefore(pace.now())) {
        return outcome(
            resources,
            List.of(),
            Optional.of(
                "it was still "
                    + stack.get().status()
                    + " after "
                    + patience.stack().toMinutes()
                    + " min"));
      }
      if (stack.get().status().busy()) {
        waitFor(stack.get());
      } else if (stack.get().status() == StackStatus.DELETE_FAILED && tries >= WHOLE_TRIES) {
        if (!mayRetain || !stuck.isEmpty()) {
          return outcome(resources, failed(id), Optional.of(reason(stack.get(), id)));
        }
        stuck.addAll(failed(id));
        begin(id, retained(stuck));
      } else {
        if (stack.get().status() == StackStatus.DELETE_FAILED && tries > 0) {
          pace.pause(patience.look());
        }
        unblock.run();
        tries++;
        begin(id, Set.of());
      }
      tell(id);
      stack = stacks.find(name);
    }
    return outcome(resources, stuck, Optional.empty());
  }

  private void begin(String id, Set<String> retain) {
    // Another token for each try: CloudFormation takes the same one for the same request.
    String token = "slipway-destroy-" + pace.now().toEpochMilli() + "-" + tries;
    try {
      stacks.delete(name, retain, token);
    } catch (CloudFailure failure) {
      switch (failure.kind()) {
        // It began to change in between: the next look says to what.
        case CONFLICT, INVALID, THROTTLED, INTERNAL -> {
          if (stacks.find(id).filter(stack -> stack.status().busy()).isEmpty()
              && failure.kind() == CloudFailure.Kind.INVALID) {
            throw failure;
          }
          pace.pause(patience.look());
        }
        case NOT_FOUND -> {}
        case CREDENTIALS, DENIED, UNREACHABLE, QUOTA -> throw failure;
      }
    }
  }

  private void waitFor(Stacks.Stack stack) {
    if (stack.status() != StackStatus.DELETE_IN_PROGRESS
        && !told.equals(Optional.of(stack.status()))) {
      told = Optional.of(stack.status());
      onlooker.accept(
          new DeployEvent.Note(
              name + " is " + stack.status() + " and can't be deleted yet: waiting",
              /* warning= */ false));
    }
    pace.pause(patience.look());
  }

  private void tell(String id) {
    for (Stacks.Event event : stacks.events(id, lastEvent)) {
      onlooker.accept(new DeployEvent.StackSaid(name, event));
      lastEvent = Optional.of(event.id());
    }
  }

  private List<Stacks.Resource> failed(String id) {
    return stacks.resources(id).stream()
        .filter(resource -> resource.status().equals("DELETE_FAILED"))
        .toList();
  }

  private static Set<String> retained(List<Stacks.Resource> stuck) {
    Set<String> ids = new TreeSet<>();
    stuck.forEach(resource -> ids.add(resource.logicalId()));
    return ids;
  }

  private String reason(Stacks.Stack stack, String id) {
    List<String> reasons =
        failed(id).stream()
            .map(r -> r.logicalId() + ": " + r.reason().orElse("no reason given"))
            .toList();
    return reasons.isEmpty()
        ? stack.reason().orElse("CloudFormation could not delete it")
        : String.join("; ", reasons);
  }

  private Outcome outcome(
      List<Stacks.Resource> before, List<Stacks.Resource> stuck, Optional<String> left) {
    List<Removal.Deleted> deleted = new ArrayList<>();
    if (left.isEmpty()) {
      Set<String> stayed = retained(stuck);
      for (Stacks.Resource resource : before) {
        if (!stayed.contains(resource.logicalId())
            && !resource.status().equals("DELETE_COMPLETE")) {
          resource
              .physicalId()
              .ifPresent(
                  there ->
                      deleted.add(
                          new Removal.Deleted(resource.type(), Survey.title(resource, there))));
        }
      }
      deleted.add(new Removal.Deleted(Sort.STACK.type(), name));
    }
    return new Outcome(List.copyOf(deleted), List.copyOf(stuck), left);
  }
}
