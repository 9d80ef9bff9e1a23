package dev.slipway.plan;

import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;

/** Makes a deployment's templates. The same inputs give the same bytes. */
@FunctionalInterface
public interface Synthesizer {

  /**
   * Makes the templates of what {@link Design#of} decides from the same arguments.
   *
   * @throws dev.slipway.failure.OperationFailed if that can't be done here: no Node, a failing
   *     child
   */
  Templates synthesize(Manifest manifest, Lock lock, String region);
}
