package dev.slipway.deploy;

import dev.slipway.plan.Change;
import dev.slipway.plan.Plan;
import dev.slipway.plan.Planner;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.util.List;
import java.util.Optional;

/** Writes down what a rollout will do, in the order in which it does it. */
final class PlanDraft {
  private final Collaborators with;
  private final ResourceNames names;
  private final Seen seen;

  PlanDraft(Collaborators with, ResourceNames names, Seen seen) {
    this.with = with;
    this.names = names;
    this.seen = seen;
  }

  /**
   * Returns the plan, without findings.
   *
   * @param wanted of store and endpoint
   * @param mirrored the change that mirroring the model is; absent if all of it is there
   * @param service as it is and as it should be; absent where it stays
   * @param objects the changes that making the service's image and storing its index are
   */
  Plan of(
      Templates wanted,
      Optional<Change> mirrored,
      Optional<Planner.Move> service,
      List<Change> objects) {
    Plan plan =
        Planner.plan(
            names,
            seen.storeMove(names, wanted),
            seen.endpointMove(names, wanted.endpoint()),
            mirrored,
            with.prices(),
            List.of());
    Plan serving =
        service.map(move -> Planner.withService(plan, move, objects, with.prices())).orElse(plan);
    return seen.endpointRemoval(names, wanted.endpoint())
        .map(move -> Planner.withoutEndpoint(serving, move, with.prices()))
        .orElse(serving);
  }
}
