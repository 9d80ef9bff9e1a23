package dev.slipway.deploy;

import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.deploy.cloud.Stacks.ChangeSet;
import dev.slipway.deploy.cloud.Stacks.Event;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.StillWorking;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits while CloudFormation works, tells what it says, and hears the user's interrupts. */
final class StackWait {
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** How long an accepted request may stay invisible until it is sent again. */
  private static final Duration INVISIBLE = Duration.ofMinutes(1);

  private static final String STACK_TYPE = "AWS::CloudFormation::Stack";

  /**
   * How a change ended.
   *
   * @param id of the stack, whose events outlive it
   * @param stack as it is now, absent if it is gone
   * @param undoneByUser whether the user asked to put it back
   */
  record End(String id, Optional<Stack> stack, boolean undoneByUser) {}

  private final Stacks stacks;
  private final ChangeSets changeSets;
  private final Pace pace;
  private final Looking looking;
  private final Consumer<DeployEvent> onlooker;
  private final Intervention intervention;
  private Optional<String> told = Optional.empty();
  private boolean working;
  private boolean interrupted;
  private boolean undone;

  StackWait(
      Stacks stacks,
      ChangeSets changeSets,
      Pace pace,
      Consumer<DeployEvent> onlooker,
      Intervention intervention) {
    this.stacks = stacks;
    this.changeSets = changeSets;
    this.pace = pace;
    this.looking = new Looking(pace);
    this.onlooker = onlooker;
    this.intervention = intervention;
  }

  boolean working() {
    return working;
  }

  /** Remembers which events are old, and that the cloud may work from now on. */
  void begin(StackApply.Wanted wanted, StackWatch watch) {
    rememberEvents(wanted.stack());
    working = true;
    undone = false;
    watch.look();
  }

  /** Waits until a change set is applied, or the attempt is over. */
  End untilApplied(StackApply.Wanted wanted, String changeSet, boolean create, StackWatch watch) {
    Instant[] sent = {pace.now()};
    String[] id = {wanted.stack()};
    untilTrue(
        wanted,
        watch,
        () -> {
          Optional<Stack> stack = stacks.find(wanted.stack());
          stack.ifPresent(found -> id[0] = found.id());
          if (stack.isEmpty() || stack.get().status().busy()) {
            return stack.isEmpty();
          }
          Optional<ChangeSet> state = stacks.changeSet(wanted.stack(), changeSet);
          if (state.filter(ChangeSets::available).isPresent()
              && pace.now().isAfter(sent[0].plus(INVISIBLE))) {
            // The request went astray; with the same token a second one does no harm.
            sent[0] = pace.now();
            changeSets.execute(wanted.stack(), changeSet);
          }
          return state.filter(StackWait::pending).isEmpty();
        },
        create);
    boolean undoneByUser = undone;
    undone = false;
    return new End(id[0], looking.at(() -> stacks.find(wanted.stack())), undoneByUser);
  }

  private static boolean pending(ChangeSet changeSet) {
    return ChangeSets.available(changeSet)
        || changeSet.execution().equals("EXECUTE_IN_PROGRESS")
        || changeSet.execution().equals("UNAVAILABLE");
  }

  /** Waits until nobody works on a stack. */
  void untilSettled(StackApply.Wanted wanted, StackWatch watch) {
    begin(wanted, watch);
    boolean create =
        looking
            .at(() -> stacks.find(wanted.stack()))
            .filter(stack -> stack.status() == StackStatus.CREATE_IN_PROGRESS)
            .isPresent();
    untilTrue(
        wanted,
        watch,
        () -> stacks.find(wanted.stack()).filter(stack -> stack.status().busy()).isEmpty(),
        create);
  }

  /** Waits while a resource is in a state in which nothing deletes it. */
  void whileChanging(StackApply.Wanted wanted, StackWatch watch) {
    untilTrue(wanted, watch, () -> !watch.changing(), false);
    working = true;
  }

  /** Waits until a stack is gone; returns it if it can't be deleted. */
  Optional<Stack> untilGone(StackApply.Wanted wanted, String id, StackWatch watch) {
    Instant visible = pace.now().plus(INVISIBLE);
    untilTrue(
        wanted,
        watch,
        () -> {
          Optional<Stack> stack = stacks.find(id).filter(StackWait::there);
          return stack.isEmpty() || (!stack.get().status().busy() && pace.now().isAfter(visible));
        },
        false);
    return looking.at(() -> stacks.find(id)).filter(StackWait::there);
  }

  private static boolean there(Stack stack) {
    return stack.status() != StackStatus.DELETE_COMPLETE;
  }

  /** Waits until a stack has left a state and rests in another, or doesn't leave it. */
  void untilLeft(StackApply.Wanted wanted, StackStatus state, StackWatch watch) {
    Instant visible = pace.now().plus(INVISIBLE);
    untilTrue(
        wanted,
        watch,
        () -> {
          Optional<StackStatus> now = stacks.find(wanted.stack()).map(Stack::status);
          boolean waits = now.filter(status -> status == state).isPresent();
          return now.filter(StackStatus::busy).isEmpty() && (!waits || pace.now().isAfter(visible));
        },
        false);
  }

  private void untilTrue(
      StackApply.Wanted wanted, StackWatch watch, BooleanSupplier over, boolean create) {
    while (true) {
      try {
        boolean done = looking.at(over::getAsBoolean);
        tell(wanted.stack());
        watch.look();
        if (done) {
          working = false;
          return;
        }
        if (pace.now().isAfter(wanted.until())) {
          throw stillWorking(wanted.stack(), "the time to wait for it is over.", null);
        }
        pace.pause(LOOK);
      } catch (Interrupted stop) {
        intervene(wanted.stack(), create);
      }
    }
  }

  /** Hears the user's decision, once; then leaves the cloud alone. */
  private void intervene(String stack, boolean create) {
    Thread.interrupted();
    if (interrupted) {
      throw stillWorking(stack, "you interrupted the wait.", null);
    }
    interrupted = true;
    switch (intervention.interrupted(stack)) {
      case LEAVE_RUNNING -> throw stillWorking(stack, "you interrupted the wait.", null);
      case ROLL_BACK -> undo(stack, create);
    }
  }

  private void undo(String stack, boolean create) {
    Optional<Stack> found = looking.at(() -> stacks.find(stack));
    if (found.filter(now -> now.status().busy()).isEmpty()) {
      return;
    }
    String token = Fingerprint.of("undo", found.get().id(), found.get().updated());
    try {
      if (create) {
        stacks.delete(found.get().id(), Set.of(), token);
      } else {
        stacks.cancelUpdate(stack, token);
      }
      undone = true;
    } catch (CloudFailure late) {
      if (late.kind() != CloudFailure.Kind.CONFLICT && late.kind() != CloudFailure.Kind.INVALID) {
        throw late;
      }
      onlooker.accept(new DeployEvent.Note(stack + " is too far to be put back: it goes on", true));
    }
  }

  static StillWorking stillWorking(String stack, String why, @Nullable Throwable cause) {
    return new StillWorking(
        "CloudFormation still works on " + stack,
        why,
        "Look with `slipway status --watch`; deploy again to go on from there.",
        cause);
  }

  private void rememberEvents(String stack) {
    List<Event> events = events(stack, told);
    told = events.isEmpty() ? told : Optional.of(events.getLast().id());
  }

  private void tell(String stack) {
    for (Event event : events(stack, told)) {
      told = Optional.of(event.id());
      onlooker.accept(new DeployEvent.StackSaid(stack, event));
    }
  }

  /** Events are for onlookers: a stack that has none (any more) is no trouble. */
  private List<Event> events(String stack, Optional<String> after) {
    try {
      return stacks.events(stack, after);
    } catch (CloudFailure silent) {
      return List.of();
    }
  }

  /** Returns the events of resources that failed in a stack's last change, the first one first. */
  List<Event> failures(String stack) {
    List<Event> events = events(stack, Optional.empty());
    int begin = 0;
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      if (event.type().equals(STACK_TYPE)
          && event.status().matches("(CREATE|UPDATE|REVIEW|IMPORT|DELETE)_IN_PROGRESS")
          && !event.status().startsWith("DELETE")) {
        begin = i;
      }
    }
    return events.subList(begin, events.size()).stream()
        .filter(event -> event.status().endsWith("_FAILED") && !event.type().equals(STACK_TYPE))
        .filter(event -> !event.reason().orElse("").contains("cancelled"))
        .toList();
  }

  /** Returns the logical ids of a stack's resources that failed. */
  Set<String> failedResources(String stack) {
    var failed = new TreeSet<String>();
    for (Stacks.Resource resource : looking.at(() -> stacks.resources(stack))) {
      if (resource.status().endsWith("_FAILED")) {
        failed.add(resource.logicalId());
      }
    }
    return failed;
  }
}
