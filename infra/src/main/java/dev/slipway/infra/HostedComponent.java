package dev.slipway.infra;

import dev.slipway.manifest.UpdateSpec;
import dev.slipway.manifest.UpdateSpec.Strategy;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.ResourceNames;
import software.amazon.awscdk.services.sagemaker.CfnInferenceComponent;
import software.amazon.awscdk.services.sagemaker.CfnInferenceComponent.InferenceComponentDeploymentConfigProperty;
import software.constructs.Construct;

/** The model's copies on an endpoint that can be empty. */
final class HostedComponent extends Construct {
  /** SageMaker's bounds for one step of a rolling update. */
  private static final int LEAST_STEP = 5;

  HostedComponent(
      Construct scope,
      String id,
      Hosted hosted,
      String endpointName,
      String modelName,
      HealthAlarms alarms) {
    super(scope, id);
    UpdateSpec update = hosted.spec().update();
    CfnInferenceComponent.Builder builder =
        CfnInferenceComponent.Builder.create(this, "Component")
            .inferenceComponentName(hosted.names().component().orElseThrow())
            .endpointName(endpointName)
            .variantName(ResourceNames.VARIANT)
            .specification(specification(hosted.startup(), modelName))
            .runtimeConfig(
                CfnInferenceComponent.InferenceComponentRuntimeConfigProperty.builder()
                    .copyCount(Math.max(1, hosted.spec().scaling().min()))
                    .build());
    // SageMaker changes all copies at once where there is no policy, and watches no alarm then.
    if (update.strategy() != Strategy.ALL_AT_ONCE) {
      builder.deploymentConfig(rollout(update, alarms));
    }
    CfnInferenceComponent component = builder.build();
    component.overrideLogicalId("Component");
    component.getNode().addDependency(alarms);
  }

  private static CfnInferenceComponent.InferenceComponentSpecificationProperty specification(
      Blueprint.Startup startup, String modelName) {
    CfnInferenceComponent.InferenceComponentComputeResourceRequirementsProperty.Builder compute =
        CfnInferenceComponent.InferenceComponentComputeResourceRequirementsProperty.builder()
            .minMemoryRequiredInMb(startup.copyMemoryMb());
    if (startup.accelerators() > 0) {
      compute.numberOfAcceleratorDevicesRequired(startup.accelerators());
    }
    return CfnInferenceComponent.InferenceComponentSpecificationProperty.builder()
        .modelName(modelName)
        .startupParameters(
            CfnInferenceComponent.InferenceComponentStartupParametersProperty.builder()
                .modelDataDownloadTimeoutInSeconds(startup.download().toSeconds())
                .containerStartupHealthCheckTimeoutInSeconds(startup.healthCheck().toSeconds())
                .build())
        .computeResourceRequirements(compute.build())
        .build();
  }

  /** Components know no traffic shifts: canary and linear are batches here too. */
  private static InferenceComponentDeploymentConfigProperty rollout(
      UpdateSpec update, HealthAlarms alarms) {
    InferenceComponentDeploymentConfigProperty.Builder rollout =
        InferenceComponentDeploymentConfigProperty.builder()
            .rollingUpdatePolicy(
                CfnInferenceComponent.InferenceComponentRollingUpdatePolicyProperty.builder()
                    .maximumBatchSize(
                        CfnInferenceComponent.InferenceComponentCapacitySizeProperty.builder()
                            .type("CAPACITY_PERCENT")
                            .value(Math.max(LEAST_STEP, update.stepPercent()))
                            .build())
                    .waitIntervalInSeconds(update.baking().toSeconds())
                    .maximumExecutionTimeoutInSeconds(update.timeout().toSeconds())
                    .build());
    if (!alarms.rollback().isEmpty()) {
      rollout.autoRollbackConfiguration(
          CfnInferenceComponent.AutoRollbackConfigurationProperty.builder()
              .alarms(
                  alarms.rollback().stream()
                      .map(
                          name ->
                              CfnInferenceComponent.AlarmProperty.builder().alarmName(name).build())
                      .toList())
              .build());
    }
    return rollout.build();
  }
}
