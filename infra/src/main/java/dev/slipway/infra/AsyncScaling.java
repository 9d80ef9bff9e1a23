package dev.slipway.infra;

import dev.slipway.manifest.EndpointSpec;
import software.constructs.Construct;

/**
 * Scales an asynchronous variant by what waits for each instance. Without an instance that can't be
 * said, so a second policy makes the first one.
 */
final class AsyncScaling extends Construct {

  AsyncScaling(
      Construct scope, String id, Hosted hosted, EndpointSpec.Async async, String endpointName) {
    super(scope, id);
    if (!Bounds.vary(async.scaling())) {
      return;
    }
    var count =
        new ScaledCount(
            this, async.scaling(), VariantScaling.resource(endpointName), VariantScaling.DIMENSION);
    count.track("ApproximateBacklogSizePerInstance", endpointName);
    if (Bounds.of(async.scaling()).least() == 0) {
      count.wake(
          new Watch(
              "Requests wait and there is no instance: one is made",
              Watch.NAMESPACE,
              "HasBacklogWithoutCapacity",
              Watch.endpoint(hosted),
              "Maximum",
              Watch.AT_LEAST,
              1,
              1,
              1,
              false),
          Watch.name(hosted, "wake"));
    }
  }
}
