package dev.slipway.deploy;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.GateFailed;
import java.net.URI;
import java.util.Optional;

/** Judges the answers of a new revision that has passed its smoke test. */
public interface AnswerGate {

  /** Whose answers are judged. */
  sealed interface Asked {
    /**
     * The endpoint, through a business layer of this process.
     *
     * @param component which holds the model, if one does
     * @param bucket the deployment's
     */
    record Endpoint(EndpointName name, Optional<String> component, String bucket)
        implements Asked {}

    /**
     * The deployed business layer, as its callers ask it.
     *
     * @param url of its load balancer
     */
    record Service(URI url) implements Asked {}

    /**
     * The model that answers beside the service, through a business layer of this process.
     *
     * @param bucket the deployment's
     */
    record Beside(String bucket) implements Asked {}
  }

  /**
   * What came of it.
   *
   * @param told for people
   * @param document for scripts
   */
  record Judgement(String told, Deployment.Eval document) {}

  /** Returns whether a deployed business layer can be asked, if it is reached from here. */
  boolean mayAskServices();

  /**
   * Asks, and judges what is answered.
   *
   * @return absent if nothing was asked
   * @throws GateFailed if the answers aren't good enough
   */
  Optional<Judgement> judge(Asked asked);

  /** Returns a gate that asks nothing, and that everything passes. */
  static AnswerGate none() {
    return new AnswerGate() {
      @Override
      public boolean mayAskServices() {
        return false;
      }

      @Override
      public Optional<Judgement> judge(Asked asked) {
        return Optional.empty();
      }
    };
  }
}
