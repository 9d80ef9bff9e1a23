package dev.slipway.local;

import java.util.List;

/**
 * Says what a server that plays the container can do.
 *
 * @param healthPath answers 200 when it is healthy
 * @param invocations whether it has SageMaker's {@code /invocations} itself
 * @param models the ids that {@code /v1/models} lists; empty if it has no such list
 */
record Upstream(String healthPath, boolean invocations, List<String> models) {
  /** Copies the models. */
  Upstream {
    models = List.copyOf(models);
  }
}
