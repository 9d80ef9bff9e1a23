package dev.slipway.infra;

import dev.slipway.plan.ResourceNames;
import java.util.List;
import java.util.Optional;
import software.amazon.awscdk.services.cloudwatch.CfnAlarm;
import software.amazon.awscdk.services.cloudwatch.CfnAlarm.DimensionProperty;
import software.constructs.Construct;

/**
 * Says what an alarm looks at, and when it rings.
 *
 * @param about what is wrong when it rings, for whoever gets the mail
 * @param statistic of CloudWatch, or a percentile as {@code p95}
 * @param bad how many minutes must be bad
 * @param of so many
 * @param silence whether a minute without data is bad too
 */
record Watch(
    String about,
    String namespace,
    String metric,
    List<DimensionProperty> dimensions,
    String statistic,
    String comparison,
    double threshold,
    int bad,
    int of,
    boolean silence) {
  static final String NAMESPACE = "AWS/SageMaker";
  static final String AT_LEAST = "GreaterThanOrEqualToThreshold";
  static final String ABOVE = "GreaterThanThreshold";
  static final String BELOW = "LessThanThreshold";

  /** SageMaker's metrics come every minute. */
  private static final int PERIOD_SECONDS = 60;

  Watch {
    dimensions = List.copyOf(dimensions);
  }

  /** Returns the name of an alarm of a deployment: its stack's, then what it watches. */
  static String name(Hosted hosted, String suffix) {
    return hosted.names().endpointStack() + "-" + suffix;
  }

  /** Returns the dimensions of the endpoint as a whole. */
  static List<DimensionProperty> endpoint(Hosted hosted) {
    return List.of(dimension("EndpointName", hosted.names().endpoint().value()));
  }

  /** Returns the dimensions of what serves: the variant, or the component on it. */
  static List<DimensionProperty> serving(Hosted hosted) {
    return hosted
        .names()
        .component()
        .map(name -> List.of(dimension("InferenceComponentName", name)))
        .orElseGet(() -> variant(hosted));
  }

  static List<DimensionProperty> variant(Hosted hosted) {
    return List.of(
        dimension("EndpointName", hosted.names().endpoint().value()),
        dimension("VariantName", ResourceNames.VARIANT));
  }

  private static DimensionProperty dimension(String name, String value) {
    return DimensionProperty.builder().name(name).value(value).build();
  }

  /**
   * Declares the alarm.
   *
   * @param action the ARN of what it sets off; absent if it only rings
   */
  CfnAlarm declare(Construct scope, String id, String name, Optional<String> action) {
    CfnAlarm.Builder alarm =
        CfnAlarm.Builder.create(scope, id)
            .alarmName(name)
            .alarmDescription(about)
            .namespace(namespace)
            .metricName(metric)
            .dimensions(dimensions)
            .comparisonOperator(comparison)
            .threshold(threshold)
            .period(PERIOD_SECONDS)
            .evaluationPeriods(of)
            .datapointsToAlarm(bad)
            .treatMissingData(silence ? "breaching" : "notBreaching");
    if (statistic.startsWith("p")) {
      alarm.extendedStatistic(statistic);
    } else {
      alarm.statistic(statistic);
    }
    action.ifPresent(arn -> alarm.alarmActions(List.of(arn)));
    CfnAlarm declared = alarm.build();
    declared.overrideLogicalId(id);
    return declared;
  }
}
