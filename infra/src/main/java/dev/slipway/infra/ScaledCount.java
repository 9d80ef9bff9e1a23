package dev.slipway.infra;

import dev.slipway.manifest.Scaling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.services.applicationautoscaling.CfnScalableTarget;
import software.amazon.awscdk.services.applicationautoscaling.CfnScalingPolicy;
import software.constructs.Construct;

/**
 * A number of instances or copies that follows the load, within bounds that follow the clock.
 *
 * <p>What belongs to it is marked in the template's metadata: an instance type can't change while
 * it is there, so a deploy takes it away first and puts it back.
 */
final class ScaledCount {
  /** The metadata key that says which part of a template a resource is. */
  static final String PART = "slipway:part";

  private static final String SCALING = "scaling";

  /**
   * A copy that is on its way isn't there yet: asked again before this is over, there would be a
   * second one. Seen by others: 9 min 24 s.
   */
  private static final int WAKE_SECONDS = 900;

  private final Construct scope;
  private final Scaling scaling;
  private final CfnScalableTarget target;

  ScaledCount(Construct scope, Scaling scaling, String resourceId, String dimension) {
    this.scope = scope;
    this.scaling = scaling;
    this.target =
        marked(
            CfnScalableTarget.Builder.create(scope, "Target")
                .serviceNamespace("sagemaker")
                .resourceId(resourceId)
                .scalableDimension(dimension)
                .minCapacity(scaling.min())
                .maxCapacity(scaling.max())
                .scheduledActions(schedule(scaling))
                .build(),
            "ScalingTarget");
  }

  private static <R extends CfnResource> R marked(R resource, String logicalId) {
    resource.overrideLogicalId(logicalId);
    resource.addMetadata(PART, SCALING);
    return resource;
  }

  private static List<Object> schedule(Scaling scaling) {
    List<Object> actions = new ArrayList<>();
    for (Scaling.Scheduled change : scaling.schedule()) {
      actions.add(
          CfnScalableTarget.ScheduledActionProperty.builder()
              .scheduledActionName("schedule-" + (actions.size() + 1))
              .schedule(change.when())
              .timezone(change.timezone())
              .scalableTargetAction(
                  CfnScalableTarget.ScalableTargetActionProperty.builder()
                      .minCapacity(change.min())
                      .maxCapacity(change.max())
                      .build())
              .build());
    }
    return actions;
  }

  /** Holds a metric that AWS knows by name at the wanted requests at once. */
  void track(String predefinedMetric) {
    follow(
        CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty.builder()
            .predefinedMetricSpecification(
                CfnScalingPolicy.PredefinedMetricSpecificationProperty.builder()
                    .predefinedMetricType(predefinedMetric)
                    .build()));
  }

  /** Holds a metric of an endpoint, as an average, at the wanted requests at once. */
  void track(String metric, String endpointName) {
    follow(
        CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty.builder()
            .customizedMetricSpecification(
                CfnScalingPolicy.CustomizedMetricSpecificationProperty.builder()
                    .namespace(Watch.NAMESPACE)
                    .metricName(metric)
                    .dimensions(
                        List.of(
                            CfnScalingPolicy.MetricDimensionProperty.builder()
                                .name("EndpointName")
                                .value(endpointName)
                                .build()))
                    .statistic("Average")
                    .build()));
  }

  private void follow(
      CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty.Builder tracking) {
    marked(
        CfnScalingPolicy.Builder.create(scope, "Load")
            .policyName("load")
            .policyType("TargetTrackingScaling")
            .scalingTargetId(target.getRef())
            .targetTrackingScalingPolicyConfiguration(
                tracking
                    .targetValue(scaling.concurrency())
                    .scaleInCooldown(scaling.cooldownIn().toSeconds())
                    .scaleOutCooldown(scaling.cooldownOut().toSeconds())
                    .build())
            .build(),
        "LoadPolicy");
  }

  /** Makes the first one when an alarm says that there is none and something waits. */
  void wake(Watch sign, String alarmName) {
    CfnScalingPolicy policy =
        marked(
            CfnScalingPolicy.Builder.create(scope, "Wake")
                .policyName("wake")
                .policyType("StepScaling")
                .scalingTargetId(target.getRef())
                .stepScalingPolicyConfiguration(
                    CfnScalingPolicy.StepScalingPolicyConfigurationProperty.builder()
                        .adjustmentType("ChangeInCapacity")
                        .metricAggregationType("Maximum")
                        .cooldown(WAKE_SECONDS)
                        .stepAdjustments(
                            List.of(
                                CfnScalingPolicy.StepAdjustmentProperty.builder()
                                    .metricIntervalLowerBound(0)
                                    .scalingAdjustment(1)
                                    .build()))
                        .build())
                .build(),
            "WakePolicy");
    marked(sign.declare(scope, "WakeAlarm", alarmName, Optional.of(policy.getRef())), "WakeAlarm");
  }
}
