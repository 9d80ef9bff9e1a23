package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.deploy.cloud.Stacks.ChangeSet;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.OperationFailed;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes change sets and begins to apply them. Their names come from what they hold, so that a run
 * finds what an earlier one, or a request whose reply was lost, has made.
 */
final class ChangeSets {
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Stacks stacks;
  private final Pace pace;
  private final Looking looking;

  ChangeSets(Stacks stacks, Pace pace) {
    this.stacks = stacks;
    this.pace = pace;
    this.looking = new Looking(pace);
  }

  /**
   * Makes the change set that brings a stack to what is wanted.
   *
   * @param found the stack, absent if there is none
   * @return its name; absent if there is nothing to change
   * @throws OperationFailed if CloudFormation can't make it
   */
  Optional<String> make(StackApply.Wanted wanted, boolean create, Optional<Stack> found) {
    String name =
        "slipway-"
            + Fingerprint.of(
                wanted.stack(),
                wanted.purpose(),
                wanted.template(),
                new TreeMap<>(wanted.parameters()),
                new TreeMap<>(wanted.tags()),
                // The same change of another state of the stack is another change.
                create ? "new" : found.map(Stack::id).orElse(""),
                create ? "" : found.flatMap(Stack::updated).map(Instant::toString).orElse(""));
    Optional<ChangeSet> made = changeSet(wanted.stack(), name);
    if (made.filter(ChangeSets::useless).isPresent()) {
      stacks.drop(wanted.stack(), name);
      made = Optional.empty();
    }
    if (made.isEmpty()) {
      propose(wanted, create, name);
    }
    ChangeSet ready = awaitMade(wanted.stack(), name);
    if (ready.status().equals("CREATE_COMPLETE")) {
      return Optional.of(name);
    }
    stacks.drop(wanted.stack(), name);
    String reason = ready.reason().orElse("");
    if (reason.contains("didn't contain changes") || reason.contains("No updates are to be")) {
      return Optional.empty();
    }
    throw new OperationFailed(
        "change_set_failed",
        "CloudFormation can't change " + wanted.stack() + " (" + wanted.purpose() + ")",
        reason.isEmpty() ? "it gives no reason." : reason,
        "Correct that in the manifest, then deploy again.");
  }

  /** Begins to apply a change set; one that is being applied already is left alone. */
  void execute(String stack, String name) {
    try {
      stacks.execute(stack, name, token(stack, name));
    } catch (CloudFailure failure) {
      if (!StackApply.conflicts(failure)
          || changeSet(stack, name).filter(ChangeSets::available).isPresent()) {
        throw failure;
      }
    }
  }

  /** Returns the same token for each try to apply a change set to this very stack. */
  String token(String stack, String name) {
    String id = looking.at(() -> stacks.find(stack)).map(Stack::id).orElse(stack);
    return Fingerprint.of("execute", id, name);
  }

  private void propose(StackApply.Wanted wanted, boolean create, String name) {
    try {
      stacks.propose(
          new Stacks.Proposal(
              wanted.stack(),
              name,
              create,
              wanted.sent(),
              wanted.parameters(),
              wanted.tags(),
              "Slipway: " + wanted.purpose()));
    } catch (CloudFailure failure) {
      if (!StackApply.conflicts(failure) || changeSet(wanted.stack(), name).isEmpty()) {
        throw failure;
      }
    }
  }

  private Optional<ChangeSet> changeSet(String stack, String name) {
    return looking.at(() -> stacks.changeSet(stack, name));
  }

  private ChangeSet awaitMade(String stack, String name) {
    Instant end = pace.now().plus(PATIENCE);
    while (pace.now().isBefore(end)) {
      Optional<ChangeSet> found = changeSet(stack, name);
      if (found.isPresent() && !found.get().status().matches("CREATE_(PENDING|IN_PROGRESS)")) {
        return found.get();
      }
      pace.pause(LOOK);
    }
    throw new OperationFailed(
        "change_set_failed",
        "CloudFormation doesn't finish the change set " + name + " of " + stack,
        "it had " + PATIENCE.toMinutes() + " minutes. Nothing was changed.",
        "Deploy again later.");
  }

  private static boolean useless(ChangeSet changeSet) {
    return changeSet.status().matches("FAILED|DELETE_.*")
        || changeSet.execution().matches("OBSOLETE|EXECUTE_COMPLETE|EXECUTE_FAILED");
  }

  static boolean available(ChangeSet changeSet) {
    return changeSet.execution().equals("AVAILABLE");
  }
}
