package dev.slipway.infra;

import static dev.slipway.infra.Assembly.endpoint;
import static dev.slipway.infra.Assembly.properties;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScalingTest {

  @BeforeAll
  static void nodeRunsTheCdk() {
    Outside.needs("node");
  }

  private static JsonNode tracking(String name) {
    return properties(endpoint(name), "LoadPolicy").get("TargetTrackingScalingPolicyConfiguration");
  }

  @Test
  void realtimeFollowsTheRequestsUnderWay() {
    JsonNode target = properties(endpoint("realtime"), "ScalingTarget");
    JsonNode tracking = tracking("realtime");

    assertThat(target.get("ScalableDimension").textValue())
        .isEqualTo("sagemaker:variant:DesiredInstanceCount");
    assertThat(target.get("ResourceId").toString())
        .isEqualTo(
            "{\"Fn::Join\":[\"\",[\"endpoint/\",{\"Fn::GetAtt\":[\"Endpoint\",\"EndpointName\"]},"
                + "\"/variant/main\"]]}");
    assertThat(target.get("MinCapacity").intValue()).isEqualTo(1);
    assertThat(target.get("MaxCapacity").intValue()).isEqualTo(4);
    assertThat(tracking.at("/PredefinedMetricSpecification/PredefinedMetricType").textValue())
        .isEqualTo("SageMakerVariantConcurrentRequestsPerModelHighResolution");
    assertThat(tracking.get("TargetValue").intValue()).isEqualTo(8);
    assertThat(tracking.get("ScaleInCooldown").intValue()).isEqualTo(300);
    assertThat(tracking.get("ScaleOutCooldown").intValue()).isEqualTo(60);
    assertThat(properties(endpoint("realtime"), "WakePolicy").isMissingNode()).isTrue();
  }

  /** On invocations per instance it would never scale. */
  @Test
  void asyncFollowsItsBacklog() {
    JsonNode metric = tracking("async").get("CustomizedMetricSpecification");

    assertThat(metric.get("MetricName").textValue()).isEqualTo("ApproximateBacklogSizePerInstance");
    assertThat(metric.get("Namespace").textValue()).isEqualTo("AWS/SageMaker");
    assertThat(metric.at("/Dimensions/0/Name").textValue()).isEqualTo("EndpointName");
    assertThat(metric.at("/Dimensions/0/Value/Fn::GetAtt/0").textValue()).isEqualTo("Endpoint");
    assertThat(tracking("async").has("PredefinedMetricSpecification")).isFalse();
  }

  @Test
  void componentsFollowTheRequestsPerCopy() {
    JsonNode target = properties(endpoint("component"), "ScalingTarget");

    assertThat(target.get("ScalableDimension").textValue())
        .isEqualTo("sagemaker:inference-component:DesiredCopyCount");
    assertThat(target.get("ResourceId").textValue()).isEqualTo("inference-component/chat");
    assertThat(endpoint("component").at("/Resources/ScalingTarget/DependsOn").toString())
        .contains("Component");
    assertThat(
            tracking("component")
                .at("/PredefinedMetricSpecification/PredefinedMetricType")
                .textValue())
        .isEqualTo("SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution");
  }

  @ParameterizedTest
  @CsvSource({
    "async-zero, HasBacklogWithoutCapacity, EndpointName",
    "component-zero, NoCapacityInvocationFailures, InferenceComponentName"
  })
  void whatSleepsIsWokenByTheFirstThatWaits(String name, String metric, String dimension) {
    JsonNode template = endpoint(name);
    JsonNode alarm = properties(template, "WakeAlarm");
    JsonNode step = properties(template, "WakePolicy").get("StepScalingPolicyConfiguration");

    assertThat(properties(template, "ScalingTarget").get("MinCapacity").intValue()).isEqualTo(0);
    assertThat(alarm.get("MetricName").textValue()).isEqualTo(metric);
    assertThat(alarm.at("/Dimensions/0/Name").textValue()).isEqualTo(dimension);
    assertThat(alarm.get("ComparisonOperator").textValue())
        .isEqualTo("GreaterThanOrEqualToThreshold");
    assertThat(alarm.get("Threshold").intValue()).isEqualTo(1);
    assertThat(alarm.get("EvaluationPeriods").intValue()).isEqualTo(1);
    assertThat(alarm.at("/AlarmActions/0/Ref").textValue()).isEqualTo("WakePolicy");
    assertThat(step.at("/StepAdjustments/0/ScalingAdjustment").intValue()).isEqualTo(1);
    assertThat(step.get("Cooldown").intValue()).isEqualTo(900);
    assertThat(properties(template, "LoadPolicy").at("/ScalingTargetId/Ref").textValue())
        .isEqualTo("ScalingTarget");
  }

  @ParameterizedTest
  @ValueSource(strings = {"realtime-fixed", "async-fixed"})
  void aFixedCountHasNoScaling(String name) {
    assertThat(Assembly.of(name).endpoint().orElseThrow()).doesNotContain("ApplicationAutoScaling");
  }

  @Test
  void boundsFollowTheClock() {
    JsonNode action = properties(endpoint("realtime-schedule"), "ScalingTarget");

    assertThat(action.at("/ScheduledActions/0/Schedule").textValue())
        .isEqualTo("cron(0 8 ? * MON-FRI *)");
    assertThat(action.at("/ScheduledActions/0/Timezone").textValue()).isEqualTo("Europe/Vienna");
    assertThat(action.at("/ScheduledActions/0/ScalableTargetAction/MinCapacity").intValue())
        .isEqualTo(2);
    assertThat(action.at("/ScheduledActions/0/ScalableTargetAction/MaxCapacity").intValue())
        .isEqualTo(6);
  }

  /** So that a deploy which changes the instance type can take exactly these away first. */
  @ParameterizedTest
  @ValueSource(strings = {"realtime", "component-zero", "async-zero"})
  void whatBelongsToScalingIsMarkedAndNothingElseRefersToIt(String name) {
    List<String> marked = new ArrayList<>();
    List<String> unmarked = new ArrayList<>();
    StringBuilder rest = new StringBuilder();
    endpoint(name)
        .get("Resources")
        .properties()
        .forEach(
            each -> {
              if (each.getValue().at("/Metadata/slipway:part").asText().equals("scaling")) {
                marked.add(each.getKey());
              } else {
                unmarked.add(each.getValue().get("Type").textValue());
                rest.append(each.getValue());
              }
            });

    assertThat(marked).contains("ScalingTarget", "LoadPolicy");
    assertThat(marked.contains("WakeAlarm")).isEqualTo(name.endsWith("zero"));
    assertThat(unmarked).noneMatch(type -> type.startsWith("AWS::ApplicationAutoScaling"));
    for (String id : marked) {
      assertThat(rest).doesNotContain("\"" + id + "\"");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "realtime, MemoryUtilization, breaching, 5",
    "async, MemoryUtilization, breaching, 5",
    "async-zero, HasBacklogWithoutCapacity, notBreaching, 20",
    "component, NoCapacityInvocationFailures, notBreaching, 3",
    "component-zero, NoCapacityInvocationFailures, notBreaching, 20"
  })
  void ringsWhenNothingHealthyServes(String name, String metric, String silence, int minutes) {
    JsonNode alarm = properties(endpoint(name), "CapacityAlarm");

    assertThat(alarm.get("MetricName").textValue()).isEqualTo(metric);
    assertThat(alarm.get("TreatMissingData").textValue()).isEqualTo(silence);
    assertThat(alarm.get("EvaluationPeriods").intValue()).isEqualTo(minutes);
    assertThat(endpoint(name).at("/Resources/CapacityAlarm/DependsOn").toString())
        .contains(name.startsWith("component") ? "Component" : "Endpoint");
  }

  @Test
  void ringsWhenTheOldestRequestWaitsTooLong() {
    JsonNode alarm = properties(endpoint("async"), "BacklogAgeAlarm");

    assertThat(alarm.get("MetricName").textValue()).isEqualTo("ApproximateAgeOfOldestRequest");
    assertThat(alarm.get("Threshold").intValue()).isEqualTo((20 + 15) * 60);
  }
}
