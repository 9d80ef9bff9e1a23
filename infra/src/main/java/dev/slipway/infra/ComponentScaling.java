package dev.slipway.infra;

import dev.slipway.manifest.Scaling;
import software.constructs.Construct;

/**
 * Scales a component's copies by the requests that are under way; its instances follow. Without a
 * copy there are no such requests, only refused ones: the first of them wakes it.
 */
final class ComponentScaling extends Construct {

  ComponentScaling(Construct scope, String id, Hosted hosted, Scaling scaling) {
    super(scope, id);
    if (!Bounds.vary(scaling)) {
      return;
    }
    var count =
        new ScaledCount(
            this,
            scaling,
            "inference-component/" + hosted.names().component().orElseThrow(),
            "sagemaker:inference-component:DesiredCopyCount");
    count.track("SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution");
    if (Bounds.of(scaling).least() == 0) {
      count.wake(
          new Watch(
              "A request was refused and there is no copy: one is made",
              Watch.NAMESPACE,
              "NoCapacityInvocationFailures",
              Watch.serving(hosted),
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
