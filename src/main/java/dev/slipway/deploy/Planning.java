package dev.slipway.deploy;

import dev.slipway.manifest.Manifest;
import dev.slipway.plan.Plan;
import dev.slipway.plan.Templates;
import java.util.Optional;

/** Decides, purely, what brings the deployed templates to the wanted ones. */
@FunctionalInterface
public interface Planning {

  /**
   * What is deployed.
   *
   * @param store the store stack's template, absent where there is none
   * @param endpoint the endpoint stack's template, absent where there is none
   */
  record Deployed(Optional<String> store, Optional<String> endpoint) {}

  /** Returns the plan: no change and no step where both are the same. */
  Plan plan(Manifest manifest, Deployed deployed, Templates wanted);
}
