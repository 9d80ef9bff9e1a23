package dev.slipway.aws;

import dev.slipway.deploy.cloud.Scaling;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.applicationautoscaling.model.Alarm;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableTarget;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingPolicy;
import software.amazon.awssdk.services.applicationautoscaling.model.ServiceNamespace;

/** Application Auto Scaling's targets and policies of SageMaker. */
final class AwsScaling implements Scaling {
  /** What one request may ask for. */
  private static final int MOST_RESOURCES = 50;

  private final Lazy<ApplicationAutoScalingClient> client;
  private final CloudFailures failures;

  AwsScaling(Lazy<ApplicationAutoScalingClient> client, CloudFailures failures) {
    this.client = client;
    this.failures = failures;
  }

  @Override
  public List<Target> targets(List<String> resources) {
    List<Target> targets = new ArrayList<>();
    for (int from = 0; from < resources.size(); from += MOST_RESOURCES) {
      List<String> some =
          resources.subList(from, Math.min(resources.size(), from + MOST_RESOURCES));
      targets.addAll(
          failures.call(
              new Ask(
                  "Cannot read how the endpoint scales",
                  "application-autoscaling:DescribeScalableTargets",
                  String.join(", ", some)),
              () ->
                  client
                      .get()
                      .describeScalableTargetsPaginator(
                          request ->
                              request
                                  .serviceNamespace(ServiceNamespace.SAGEMAKER)
                                  .resourceIds(some))
                      .scalableTargets()
                      .stream()
                      .map(AwsScaling::target)
                      .toList()));
    }
    return List.copyOf(targets);
  }

  private static Target target(ScalableTarget target) {
    return new Target(
        target.resourceId(),
        target.scalableDimensionAsString(),
        target.minCapacity() == null ? 0 : target.minCapacity(),
        target.maxCapacity() == null ? 0 : target.maxCapacity());
  }

  @Override
  public List<Policy> policies(String resource) {
    return failures.call(
        new Ask(
            "Cannot read the scaling policies of " + resource,
            "application-autoscaling:DescribeScalingPolicies",
            resource),
        () ->
            client
                .get()
                .describeScalingPoliciesPaginator(
                    request ->
                        request.serviceNamespace(ServiceNamespace.SAGEMAKER).resourceId(resource))
                .scalingPolicies()
                .stream()
                .map(AwsScaling::policy)
                .toList());
  }

  private static Policy policy(ScalingPolicy policy) {
    return new Policy(
        policy.policyName(),
        policy.resourceId(),
        policy.scalableDimensionAsString(),
        policy.alarms().stream().map(Alarm::alarmName).toList());
  }

  @Override
  public void bounds(Target target) {
    failures.call(
        new Ask(
            "Cannot change the bounds of " + target.resource(),
            "application-autoscaling:RegisterScalableTarget",
            target.resource()),
        () ->
            client
                .get()
                .registerScalableTarget(
                    request ->
                        request
                            .serviceNamespace(ServiceNamespace.SAGEMAKER)
                            .resourceId(target.resource())
                            .scalableDimension(target.dimension())
                            .minCapacity(target.min())
                            .maxCapacity(target.max())));
  }

  @Override
  public void remove(String resource, String dimension) {
    var unused =
        failures.find(
            new Ask(
                "Cannot stop the scaling of " + resource,
                "application-autoscaling:DeregisterScalableTarget",
                resource),
            () ->
                client
                    .get()
                    .deregisterScalableTarget(
                        request ->
                            request
                                .serviceNamespace(ServiceNamespace.SAGEMAKER)
                                .resourceId(resource)
                                .scalableDimension(dimension)));
  }
}
