package dev.slipway.deploy;

import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.failure.RolledBack;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Brings a stack to a template by change sets, from whatever state it is found in. Run again after
 * any interruption, it goes on where it was: what it asks for has the same name in each run.
 */
final class StackApply {
  /** Where a stack that nobody touches is after so many steps, it isn't going anywhere. */
  private static final int MOST_STEPS = 12;

  /**
   * What a stack shall be.
   *
   * @param purpose in a few words
   * @param template as JSON, and as CloudFormation gets it
   * @param tags of the stack
   * @param ours the tags by which the stack is known to be this deployment's
   * @param until when to stop waiting
   */
  record Wanted(
      String stack,
      String purpose,
      String template,
      Stacks.Template sent,
      Map<String, String> parameters,
      Map<String, String> tags,
      Set<String> ours,
      Instant until) {
    Wanted {
      parameters = Map.copyOf(parameters);
      tags = Map.copyOf(tags);
      ours = Set.copyOf(ours);
    }
  }

  private final Stacks stacks;
  private final ChangeSets changeSets;
  private final StackWait wait;
  private final Consumer<DeployEvent> onlooker;

  StackApply(Stacks stacks, Pace pace, Consumer<DeployEvent> onlooker, Intervention intervention) {
    this.stacks = stacks;
    this.changeSets = new ChangeSets(stacks, pace);
    this.wait = new StackWait(stacks, changeSets, pace, onlooker, intervention);
    this.onlooker = onlooker;
  }

  /** Returns whether the cloud may be working on what this asked for. */
  boolean working() {
    return wait.working();
  }

  /**
   * Brings the stack to what is wanted, and waits until it is.
   *
   * @return whether anything had to be changed
   * @throws Refused if the stack is somebody else's
   * @throws RolledBack if the change was undone
   * @throws OperationFailed if it failed otherwise
   * @throws dev.slipway.failure.StillWorking if the wait ended before the change did
   */
  boolean apply(Wanted wanted, StackWatch watch) {
    Optional<Stack> stack = settle(wanted, watch);
    if (stack.filter(found -> isAsWanted(found, wanted)).isPresent()) {
      return false;
    }
    boolean create =
        stack.map(found -> NextStep.of(found.status()) == NextStep.CREATE).orElse(true);
    Optional<String> changeSet = changeSets.make(wanted, create, stack);
    if (changeSet.isEmpty()) {
      return false;
    }
    wait.begin(wanted, watch);
    changeSets.execute(wanted.stack(), changeSet.get());
    StackWait.End end = wait.untilApplied(wanted, changeSet.get(), create, watch);
    judge(wanted, end, create, watch);
    return true;
  }

  /**
   * Brings the stack to a state from which it can be changed, or to none.
   *
   * @return the stack, absent if there is none (any more)
   */
  Optional<Stack> settle(Wanted wanted, StackWatch watch) {
    boolean skip = false;
    for (int step = 0; step < MOST_STEPS; step++) {
      Optional<Stack> found = stacks.find(wanted.stack());
      if (found.isEmpty()) {
        return found;
      }
      Stack stack = found.get();
      insistOurs(stack, wanted);
      switch (NextStep.of(stack.status())) {
        case CREATE, UPDATE -> {
          return found;
        }
        case WAIT -> {
          note("%s is %s: waiting for it".formatted(stack.name(), stack.status()), false);
          wait.untilSettled(wanted, watch);
        }
        case DELETE -> delete(stack, wanted, watch);
        case CONTINUE_ROLLBACK -> {
          continueRollback(stack, wanted, skip, watch);
          skip = true;
        }
        case REFUSE -> throw stuck(stack, "Finish the import in the CloudFormation console.");
      }
    }
    throw new OperationFailed(
        "stack_stuck",
        "Cannot bring " + wanted.stack() + " into a state that can be changed",
        "each step left it as it was.",
        "Look at its events in the CloudFormation console.");
  }

  private boolean isAsWanted(Stack stack, Wanted wanted) {
    return NextStep.good(stack.status())
        && stack.parameters().entrySet().containsAll(wanted.parameters().entrySet())
        && lasting(stack.tags(), wanted).equals(lasting(wanted.tags(), wanted))
        && Fingerprint.same(stacks.template(stack.name()), wanted.template());
  }

  /** Who deployed it when is no reason to deploy it again. */
  private static Map<String, String> lasting(Map<String, String> tags, Wanted wanted) {
    var lasting = new TreeMap<>(tags);
    lasting.keySet().retainAll(wanted.tags().keySet());
    lasting.remove(dev.slipway.plan.ResourceNames.REVISION_TAG);
    lasting.remove(dev.slipway.plan.ResourceNames.OWNER_TAG);
    return lasting;
  }

  private static void insistOurs(Stack stack, Wanted wanted) {
    if (!isOurs(stack, wanted.tags(), wanted.ours())) {
      throw new Refused(
          "stack_not_ours",
          "The stack " + stack.name() + " belongs to something else",
          "it has not the tags of this deployment: " + String.join(", ", wanted.ours()) + ".",
          "Choose another name in the manifest, or remove that stack.");
    }
  }

  /**
   * Returns whether a stack has the tags by which ours are known; {@code chat@prod} and {@code
   * chat-prod} come to one name.
   *
   * @param ours the keys of those tags
   */
  static boolean isOurs(Stack stack, Map<String, String> tags, Set<String> ours) {
    // A stack that is only a change set has no tags yet.
    boolean empty = stack.status() == StackStatus.REVIEW_IN_PROGRESS && stack.tags().isEmpty();
    return empty
        || ours.stream().allMatch(key -> tags.getOrDefault(key, "").equals(stack.tags().get(key)));
  }

  /** Deletes a stack, and waits until it is gone. */
  void takeAway(Wanted wanted, StackWatch watch) {
    settle(wanted, watch)
        .flatMap(stack -> remove(stack, wanted, watch))
        .ifPresent(
            left -> {
              throw stuck(left, "Remove what blocks the deletion, then deploy again.");
            });
  }

  private void delete(Stack stack, Wanted wanted, StackWatch watch) {
    note(
        "%s is %s, which can only be deleted: deleting what is left of it"
            .formatted(stack.name(), stack.status()),
        true);
    remove(stack, wanted, watch)
        .ifPresent(
            left -> {
              throw stuck(
                  left,
                  "Remove what blocks the deletion, then deploy again; or delete the stack in the"
                      + " CloudFormation console, keeping what blocks it.");
            });
  }

  /** Deletes a stack; an endpoint that is still being created is waited for. */
  private Optional<Stack> remove(Stack stack, Wanted wanted, StackWatch watch) {
    Optional<Stack> left = Optional.of(stack);
    for (int attempt = 1; attempt <= MOST_STEPS && left.isPresent(); attempt++) {
      wait.begin(wanted, watch);
      wait.whileChanging(wanted, watch);
      // By its id: a stack of that name which somebody makes meanwhile is another one.
      stacks.delete(
          stack.id(), Set.of(), Fingerprint.of("delete", stack.id(), left.get().status(), attempt));
      left = wait.untilGone(wanted, stack.id(), watch);
      if (left.isPresent() && !watch.changing()) {
        return left;
      }
    }
    return left;
  }

  private void continueRollback(Stack stack, Wanted wanted, boolean skip, StackWatch watch) {
    Set<String> skipped = skip ? wait.failedResources(stack.name()) : Set.of();
    if (skip && skipped.isEmpty()) {
      throw stuck(stack, "Continue its rollback in the CloudFormation console.");
    }
    note(
        stack.name()
            + " could not be put back by an earlier update: continuing that"
            + (skip ? ", without " + String.join(", ", skipped) : ""),
        true);
    wait.begin(wanted, watch);
    stacks.continueRollback(
        stack.name(), skipped, Fingerprint.of("continue", stack.id(), stack.updated(), skipped));
    wait.untilLeft(wanted, StackStatus.UPDATE_ROLLBACK_FAILED, watch);
  }

  private OperationFailed stuck(Stack stack, String next) {
    Set<String> resources = wait.failedResources(stack.name());
    return new OperationFailed(
        "stack_stuck",
        "The stack " + stack.name() + " is stuck in " + stack.status(),
        stack.reason().orElse("CloudFormation gives no reason.")
            + (resources.isEmpty() ? "" : " Its resources: " + String.join(", ", resources) + "."),
        next);
  }

  private void judge(Wanted wanted, StackWait.End end, boolean create, StackWatch watch) {
    if (end.stack().filter(stack -> NextStep.good(stack.status())).isPresent()) {
      return;
    }
    if (end.undoneByUser()) {
      end.stack().filter(_ -> create).ifPresent(stack -> delete(stack, wanted, watch));
      throw new RolledBack(
          "rolled_back_by_user",
          wanted.stack() + " was put back",
          "you asked for it.",
          create ? "Nothing runs. Deploy again." : "What ran before runs on. Deploy again.");
    }
    Diagnosis why = watch.diagnose(wait.failures(end.id()));
    StackStatus status = end.stack().map(Stack::status).orElse(StackStatus.DELETE_COMPLETE);
    String what =
        switch (NextStep.of(status)) {
          case UPDATE, CREATE, WAIT, REFUSE ->
              "The change of " + wanted.stack() + " was rolled back: what ran before runs on";
          case DELETE -> "The stack " + wanted.stack() + " could not be made: nothing of it runs";
          case CONTINUE_ROLLBACK ->
              "The change of " + wanted.stack() + " failed, and could not be put back either";
        };
    if (status == StackStatus.UPDATE_ROLLBACK_FAILED || status == StackStatus.UPDATE_FAILED) {
      throw new OperationFailed(why.code(), what, why.cause(), why.remedy());
    }
    throw new RolledBack(why.code(), what, why.cause(), why.remedy());
  }

  private void note(String text, boolean warning) {
    onlooker.accept(new DeployEvent.Note(text, warning));
  }

  /** Returns whether a failure says that the request was already accepted. */
  static boolean conflicts(CloudFailure failure) {
    return failure.kind() == CloudFailure.Kind.CONFLICT;
  }
}
