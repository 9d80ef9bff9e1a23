package dev.slipway.infra;

import dev.slipway.manifest.Scaling;
import dev.slipway.plan.ResourceNames;
import software.constructs.Construct;

/** Scales a realtime variant by the requests that are under way. It can't go below one instance. */
final class VariantScaling extends Construct {
  static final String DIMENSION = "sagemaker:variant:DesiredInstanceCount";

  VariantScaling(Construct scope, String id, Hosted hosted, String endpointName) {
    super(scope, id);
    Scaling scaling = hosted.spec().scaling();
    if (Bounds.vary(scaling)) {
      new ScaledCount(this, scaling, resource(endpointName), DIMENSION)
          .track("SageMakerVariantConcurrentRequestsPerModelHighResolution");
    }
  }

  static String resource(String endpointName) {
    return "endpoint/" + endpointName + "/variant/" + ResourceNames.VARIANT;
  }
}
