package dev.slipway.infra;

import dev.slipway.manifest.ApiSpec;
import dev.slipway.plan.Blueprint;
import java.util.List;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.services.applicationautoscaling.CfnScalableTarget;
import software.amazon.awscdk.services.applicationautoscaling.CfnScalingPolicy;
import software.constructs.Construct;

/** Holds the tasks between their bounds, by the requests of each and by its CPU. */
final class ApiScaling extends Construct {
  private static final double CPU_PERCENT = 60;

  /** New tasks take a minute or two to come up; those that go are missed for longer. */
  private static final int OUT_SECONDS = 60;

  private static final int IN_SECONDS = 300;

  ApiScaling(
      Construct scope, String id, Blueprint.Service service, ApiTasks tasks, ApiBalancer balancer) {
    super(scope, id);
    ApiSpec.Fargate wanted = service.fargate();
    // Also where both are the same: the service itself says no number, and would have one task.
    CfnScalableTarget target =
        CfnScalableTarget.Builder.create(this, "Target")
            .serviceNamespace("ecs")
            .resourceId(Fn.join("/", List.of("service", tasks.cluster(), tasks.name())))
            .scalableDimension("ecs:service:DesiredCount")
            .minCapacity(wanted.min())
            .maxCapacity(wanted.max())
            .build();
    target.overrideLogicalId("ScalingTarget");
    if (wanted.min() == wanted.max()) {
      return;
    }
    follow(
        target,
        "Requests",
        wanted.requestsPerMinute(),
        CfnScalingPolicy.PredefinedMetricSpecificationProperty.builder()
            .predefinedMetricType("ALBRequestCountPerTarget")
            .resourceLabel(Fn.join("/", List.of(balancer.metricName(), balancer.groupMetricName())))
            .build());
    follow(
        target,
        "Cpu",
        CPU_PERCENT,
        CfnScalingPolicy.PredefinedMetricSpecificationProperty.builder()
            .predefinedMetricType("ECSServiceAverageCPUUtilization")
            .build());
  }

  private void follow(
      CfnScalableTarget target,
      String what,
      double value,
      CfnScalingPolicy.PredefinedMetricSpecificationProperty metric) {
    CfnScalingPolicy.Builder.create(this, what)
        .policyName(what.toLowerCase(java.util.Locale.ROOT))
        .policyType("TargetTrackingScaling")
        .scalingTargetId(target.getRef())
        .targetTrackingScalingPolicyConfiguration(
            CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty.builder()
                .predefinedMetricSpecification(metric)
                .targetValue(value)
                .scaleInCooldown(IN_SECONDS)
                .scaleOutCooldown(OUT_SECONDS)
                .build())
        .build()
        .overrideLogicalId(what + "Policy");
  }
}
