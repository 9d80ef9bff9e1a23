package dev.slipway.infra;

import dev.slipway.manifest.UpdateSpec;
import dev.slipway.manifest.UpdateSpec.Strategy;
import software.amazon.awscdk.services.sagemaker.CfnEndpoint;
import software.constructs.Construct;

/**
 * The endpoint, under a name that callers can rely on, and how it gets from one state to the next.
 */
final class HostedEndpoint extends Construct {
  private final CfnEndpoint endpoint;

  HostedEndpoint(
      Construct scope, String id, Hosted hosted, String configName, HealthAlarms alarms) {
    super(scope, id);
    CfnEndpoint.Builder builder =
        CfnEndpoint.Builder.create(this, "Endpoint")
            .endpointName(hosted.names().endpoint().value())
            .endpointConfigName(configName)
            // An update starts with as many instances as scaling has made, not with the first few.
            .retainAllVariantProperties(true);
    // With components it is they that are rolled out.
    if (!HostedModel.hostedByComponent(hosted)) {
      builder.deploymentConfig(rollout(hosted.spec().update(), alarms));
    }
    endpoint = builder.build();
    endpoint.overrideLogicalId("Endpoint");
    if (!HostedModel.hostedByComponent(hosted)) {
      endpoint.getNode().addDependency(alarms);
    }
  }

  String name() {
    return endpoint.getAttrEndpointName();
  }

  private static CfnEndpoint.DeploymentConfigProperty rollout(
      UpdateSpec update, HealthAlarms alarms) {
    CfnEndpoint.DeploymentConfigProperty.Builder rollout =
        CfnEndpoint.DeploymentConfigProperty.builder();
    if (update.strategy() == Strategy.ROLLING) {
      rollout.rollingUpdatePolicy(
          CfnEndpoint.RollingUpdatePolicyProperty.builder()
              .maximumBatchSize(share(update.stepPercent()))
              .waitIntervalInSeconds(update.baking().toSeconds())
              .maximumExecutionTimeoutInSeconds(update.timeout().toSeconds())
              .build());
    } else {
      rollout.blueGreenUpdatePolicy(
          CfnEndpoint.BlueGreenUpdatePolicyProperty.builder()
              .trafficRoutingConfiguration(traffic(update))
              .maximumExecutionTimeoutInSeconds(update.timeout().toSeconds())
              .build());
    }
    if (!alarms.rollback().isEmpty()) {
      rollout.autoRollbackConfiguration(
          CfnEndpoint.AutoRollbackConfigProperty.builder()
              .alarms(
                  alarms.rollback().stream()
                      .map(name -> CfnEndpoint.AlarmProperty.builder().alarmName(name).build())
                      .toList())
              .build());
    }
    return rollout.build();
  }

  private static CfnEndpoint.TrafficRoutingConfigProperty traffic(UpdateSpec update) {
    CfnEndpoint.TrafficRoutingConfigProperty.Builder traffic =
        CfnEndpoint.TrafficRoutingConfigProperty.builder()
            .type(update.strategy().name())
            .waitIntervalInSeconds(update.baking().toSeconds());
    switch (update.strategy()) {
      case CANARY -> traffic.canarySize(share(update.stepPercent()));
      case LINEAR -> traffic.linearStepSize(share(update.stepPercent()));
      case ALL_AT_ONCE -> {}
      case ROLLING -> throw new IllegalStateException("rolling moves instances, not traffic");
    }
    return traffic.build();
  }

  private static CfnEndpoint.CapacitySizeProperty share(int percent) {
    return CfnEndpoint.CapacitySizeProperty.builder()
        .type("CAPACITY_PERCENT")
        .value(percent)
        .build();
  }
}
