package dev.slipway.infra;

import dev.slipway.plan.Blueprint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awscdk.services.cloudwatch.CfnAlarm;
import software.amazon.awscdk.services.cloudwatch.CfnAlarm.DimensionProperty;
import software.constructs.Construct;

/** Rings when answers fail, are slow, or a task doesn't answer. */
final class ApiAlarms extends Construct {
  private static final String NAMESPACE = "AWS/ApplicationELB";
  private static final int PERIOD_SECONDS = 60;

  /** How many percent of the answers may fail in good times. */
  private static final double TOLERATED_PERCENT = 5;

  /** What is slower than this share of the time that a question has is about to fail. */
  private static final double SLOW = 0.75;

  private final Blueprint blueprint;
  private final ApiBalancer balancer;

  ApiAlarms(
      Construct scope,
      String id,
      Blueprint blueprint,
      Blueprint.Service service,
      ApiBalancer balancer) {
    super(scope, id);
    this.blueprint = blueprint;
    this.balancer = balancer;
    errors();
    new Watch(
            "One of twenty answers begins after three quarters of the time that a question has",
            NAMESPACE,
            "TargetResponseTime",
            ofBalancer(),
            "p95",
            Watch.ABOVE,
            slow(service.deadline()),
            3,
            3,
            false)
        .declare(this, "LatencyAlarm", name("latency"), Optional.empty());
    new Watch(
            "A task of the service does not answer",
            NAMESPACE,
            "UnHealthyHostCount",
            ofTasks(),
            "Maximum",
            Watch.AT_LEAST,
            1,
            5,
            5,
            false)
        .declare(this, "UnhealthyAlarm", name("unhealthy"), Optional.empty());
    new Watch(
            "No task of the service answers",
            NAMESPACE,
            "HealthyHostCount",
            ofTasks(),
            "Minimum",
            Watch.BELOW,
            1,
            3,
            3,
            true)
        .declare(this, "DownAlarm", name("down"), Optional.empty());
  }

  private static double slow(Duration deadline) {
    return deadline.toMillis() * SLOW / 1000;
  }

  private String name(String suffix) {
    return blueprint.names().serviceStack() + "-" + suffix;
  }

  private List<DimensionProperty> ofBalancer() {
    return List.of(dimension("LoadBalancer", balancer.metricName()));
  }

  private List<DimensionProperty> ofTasks() {
    return List.of(
        dimension("LoadBalancer", balancer.metricName()),
        dimension("TargetGroup", balancer.groupMetricName()));
  }

  private static DimensionProperty dimension(String name, String value) {
    return DimensionProperty.builder().name(name).value(value).build();
  }

  /** A share of all answers, since a number says nothing at night and everything at noon. */
  private void errors() {
    Map<String, String> counted = new TreeMap<>();
    counted.put("balancer", "HTTPCode_ELB_5XX_Count");
    counted.put("requests", "RequestCount");
    counted.put("tasks", "HTTPCode_Target_5XX_Count");
    List<Object> metrics = new ArrayList<>();
    metrics.add(
        CfnAlarm.MetricDataQueryProperty.builder()
            .id("share")
            .label("Percent of answers that are 5xx")
            .expression(
                "IF(requests > 0, 100 * (FILL(tasks, 0) + FILL(balancer, 0)) / requests, 0)")
            .returnData(true)
            .build());
    counted.forEach((id, metric) -> metrics.add(sum(id, metric)));
    CfnAlarm alarm =
        CfnAlarm.Builder.create(this, "ErrorsAlarm")
            .alarmName(name("errors"))
            .alarmDescription("Too many answers of the service are 5xx")
            .metrics(metrics)
            .comparisonOperator(Watch.ABOVE)
            .threshold(TOLERATED_PERCENT)
            .evaluationPeriods(5)
            .datapointsToAlarm(3)
            .treatMissingData("notBreaching")
            .build();
    alarm.overrideLogicalId("ErrorsAlarm");
  }

  private CfnAlarm.MetricDataQueryProperty sum(String id, String metric) {
    return CfnAlarm.MetricDataQueryProperty.builder()
        .id(id)
        .metricStat(
            CfnAlarm.MetricStatProperty.builder()
                .metric(
                    CfnAlarm.MetricProperty.builder()
                        .namespace(NAMESPACE)
                        .metricName(metric)
                        .dimensions(ofBalancer())
                        .build())
                .period(PERIOD_SECONDS)
                .stat("Sum")
                .build())
        .returnData(false)
        .build();
  }
}
