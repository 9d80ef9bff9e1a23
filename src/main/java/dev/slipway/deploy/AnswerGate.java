package dev.slipway.deploy;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.GateFailed;
import java.util.Optional;

/** Judges the answers of a new revision that has passed its smoke test. */
@FunctionalInterface
public interface AnswerGate {

  /**
   * Asks the endpoint, and judges what it answers.
   *
   * @param component which holds the model, if one does
   * @param bucket the deployment's
   * @return what to tell the user; absent if nothing was asked
   * @throws GateFailed if the answers aren't good enough
   */
  Optional<String> judge(EndpointName endpoint, Optional<String> component, String bucket);

  /** Returns a gate that asks nothing, and that everything passes. */
  static AnswerGate none() {
    return (_, _, _) -> Optional.empty();
  }
}
