package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.deploy.cloud.Stacks.ResourceChange;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.plan.Change;
import dev.slipway.plan.Plan;
import dev.slipway.plan.Planner;
import dev.slipway.plan.Planner.Proposed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Asks CloudFormation what a change of a stack would do, by a change set that is made, read and
 * dropped. Nothing is applied.
 */
final class ChangePreview {
  private static final String PURPOSE = "plan";

  private final Collaborators with;
  private final ChangeSets changeSets;

  ChangePreview(Collaborators with) {
    this.with = with;
    this.changeSets = new ChangeSets(with.cloud().stacks(), with.pace());
  }

  /**
   * Returns a plan with the changes of one stack as CloudFormation sees them. It stays as it is
   * where there is nothing to ask: the stack doesn't exist, is being worked on, or doesn't change.
   *
   * @param stack as it is deployed
   * @param move what it holds and what it should
   */
  Plan correct(Plan plan, Optional<Stack> stack, Planner.Move move) {
    Planner.Wanted wanted = move.wanted();
    boolean askable =
        stack.filter(found -> NextStep.of(found.status()) == NextStep.UPDATE).isPresent()
            && !Planner.unchanged(move.deployed(), wanted)
            // A longer one goes through the store, and a plan puts nothing there.
            && wanted.template().getBytes(StandardCharsets.UTF_8).length <= Rollout.MOST_INLINE;
    if (!askable) {
      return plan;
    }
    List<Change> own = Planner.changes(move.deployed(), wanted);
    try {
      return plan.withChanges(own, Planner.corrected(own, proposed(stack.get(), wanted)));
    } catch (CloudFailure | OperationFailed failure) {
      with.warn(
          "CloudFormation was not asked what will change, so this is from comparing templates: "
              + failure.why());
      return plan;
    }
  }

  private List<Proposed> proposed(Stack stack, Planner.Wanted wanted) {
    var whole =
        new StackApply.Wanted(
            wanted.name(),
            PURPOSE,
            wanted.template(),
            new Stacks.Template.Body(wanted.template()),
            wanted.parameters(),
            // With others, each resource that has tags would count as changed.
            stack.tags(),
            Set.of(),
            with.pace().now());
    Optional<String> made = changeSets.make(whole, false, Optional.of(stack));
    if (made.isEmpty()) {
      return List.of();
    }
    try {
      return with.cloud().stacks().changeSet(wanted.name(), made.get()).stream()
          .flatMap(changeSet -> changeSet.changes().stream())
          .map(ChangePreview::proposed)
          .toList();
    } finally {
      with.cloud().stacks().drop(wanted.name(), made.get());
    }
  }

  private static Proposed proposed(ResourceChange change) {
    return new Proposed(
        change.action(),
        change.logicalId(),
        change.physicalId().orElse(""),
        change.type(),
        change.replacement().orElse(""),
        change.causes());
  }
}
