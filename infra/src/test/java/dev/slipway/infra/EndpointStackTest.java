package dev.slipway.infra;

import static dev.slipway.infra.Assembly.endpoint;
import static dev.slipway.infra.Assembly.properties;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointStackTest {

  @BeforeAll
  static void nodeRunsTheCdk() {
    Outside.needs("node");
  }

  private static JsonNode variant(String name) {
    return properties(endpoint(name), "EndpointConfig").at("/ProductionVariants/0");
  }

  private static String attribute(JsonNode reference) {
    return reference.at("/Fn::GetAtt/0").asText() + "." + reference.at("/Fn::GetAtt/1").asText();
  }

  @Test
  void modelReadsTheMirroredFilesAsTheyAre() {
    JsonNode model = properties(endpoint("realtime"), "Model");
    JsonNode source = model.at("/PrimaryContainer/ModelDataSource/S3DataSource");

    assertThat(source.get("S3DataType").textValue()).isEqualTo("S3Prefix");
    assertThat(source.get("CompressionType").textValue()).isEqualTo("None");
    assertThat(source.at("/S3Uri/Fn::Sub").textValue())
        .isEqualTo("s3://${StoreBucket}/models/0123456789abcdef/")
        .endsWith("/");
    assertThat(attribute(model.get("ExecutionRoleArn"))).isEqualTo("ExecutionRole.Arn");
    assertThat(model.at("/PrimaryContainer/Image").textValue()).isEqualTo(Blueprints.IMAGE);
    assertThat(model.at("/PrimaryContainer/Environment/SM_VLLM_HOST").textValue())
        .isEqualTo("0.0.0.0");
  }

  @Test
  void archiveIsOneCompressedObject() {
    JsonNode source =
        properties(endpoint("realtime-archive"), "Model")
            .at("/PrimaryContainer/ModelDataSource/S3DataSource");

    assertThat(source.get("S3DataType").textValue()).isEqualTo("S3Object");
    assertThat(source.get("CompressionType").textValue()).isEqualTo("Gzip");
    assertThat(source.at("/S3Uri/Fn::Sub").textValue()).endsWith("/model.tar.gz");
  }

  @Test
  void resourcesPointAtEachOther() {
    JsonNode template = endpoint("realtime");

    assertThat(attribute(variant("realtime").get("ModelName"))).isEqualTo("Model.ModelName");
    assertThat(attribute(properties(template, "Endpoint").get("EndpointConfigName")))
        .isEqualTo("EndpointConfig.EndpointConfigName");
    assertThat(attribute(template.at("/Outputs/EndpointName/Value")))
        .isEqualTo("Endpoint.EndpointName");
    assertThat(attribute(template.at("/Outputs/EndpointConfigName/Value")))
        .isEqualTo("EndpointConfig.EndpointConfigName");
    assertThat(attribute(template.at("/Outputs/ModelName/Value"))).isEqualTo("Model.ModelName");
    assertThat(attribute(template.at("/Outputs/ExecutionRoleArn/Value")))
        .isEqualTo("ExecutionRole.Arn");
  }

  @ParameterizedTest
  @ValueSource(strings = {"realtime", "component", "async"})
  void onlyTheEndpointHasAFixedNameAndWhatItLeftStays(String name) {
    JsonNode template = endpoint(name);

    assertThat(properties(template, "Endpoint").get("EndpointName").textValue()).isEqualTo("chat");
    assertThat(properties(template, "Model").has("ModelName")).isFalse();
    assertThat(properties(template, "EndpointConfig").has("EndpointConfigName")).isFalse();
    for (String id : List.of("Model", "EndpointConfig")) {
      assertThat(template.at("/Resources/" + id + "/UpdateReplacePolicy").textValue())
          .isEqualTo("Retain");
      assertThat(template.at("/Resources/" + id + "/DeletionPolicy").textValue())
          .isEqualTo("Delete");
    }
  }

  @Test
  void timesDiskAndDriverFollowTheModel() {
    JsonNode variant = variant("realtime-volume-kms");

    assertThat(variant.get("ModelDataDownloadTimeoutInSeconds").intValue()).isEqualTo(900);
    assertThat(variant.get("ContainerStartupHealthCheckTimeoutInSeconds").intValue())
        .isEqualTo(1200);
    assertThat(variant.get("VolumeSizeInGB").intValue()).isEqualTo(256);
    assertThat(variant.get("InferenceAmiVersion").textValue())
        .isEqualTo("al2-ami-sagemaker-inference-gpu-3-1");
    assertThat(variant.at("/RoutingConfig/RoutingStrategy").textValue())
        .isEqualTo("LEAST_OUTSTANDING_REQUESTS");
    assertThat(variant("realtime").has("VolumeSizeInGB")).isFalse();
  }

  @Test
  void volumeKeyIsLeftOutWhereTheInstanceEncryptsItsOwnDisk() {
    assertThat(properties(endpoint("realtime-kms"), "EndpointConfig").has("KmsKeyId")).isFalse();
    assertThat(
            properties(endpoint("realtime-volume-kms"), "EndpointConfig")
                .get("KmsKeyId")
                .textValue())
        .isEqualTo(Blueprints.KEY);
  }

  @Test
  void oneInstanceTypeIsATypeAndSeveralArePoolsInOrder() {
    assertThat(variant("realtime").get("InstanceType").textValue()).isEqualTo("ml.g5.2xlarge");
    JsonNode pools = variant("realtime-pools");
    assertThat(pools.has("InstanceType")).isFalse();
    assertThat(pools.at("/InstancePools/0/InstanceType").textValue()).isEqualTo("ml.g5.2xlarge");
    assertThat(pools.at("/InstancePools/0/Priority").intValue()).isEqualTo(1);
    assertThat(pools.at("/InstancePools/1/InstanceType").textValue()).isEqualTo("ml.g6.2xlarge");
    assertThat(pools.at("/InstancePools/1/Priority").intValue()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "realtime, CANARY, CanarySize, 10, 300",
    "realtime-linear, LINEAR, LinearStepSize, 25, 120"
  })
  void trafficMovesInSteps(String name, String type, String size, int percent, int wait) {
    JsonNode policy =
        properties(endpoint(name), "Endpoint").at("/DeploymentConfig/BlueGreenUpdatePolicy");
    JsonNode traffic = policy.get("TrafficRoutingConfiguration");

    assertThat(traffic.get("Type").textValue()).isEqualTo(type);
    assertThat(traffic.at("/" + size + "/Type").textValue()).isEqualTo("CAPACITY_PERCENT");
    assertThat(traffic.at("/" + size + "/Value").intValue()).isEqualTo(percent);
    assertThat(traffic.get("WaitIntervalInSeconds").intValue()).isEqualTo(wait);
    assertThat(policy.get("MaximumExecutionTimeoutInSeconds").intValue()).isEqualTo(3600);
  }

  @Test
  void rollingMovesInstancesAndAllAtOnceEverything() {
    JsonNode rolling = properties(endpoint("realtime-rolling"), "Endpoint").get("DeploymentConfig");
    assertThat(rolling.has("BlueGreenUpdatePolicy")).isFalse();
    assertThat(rolling.at("/RollingUpdatePolicy/MaximumBatchSize/Value").intValue()).isEqualTo(10);
    JsonNode once =
        properties(endpoint("realtime-all-at-once"), "Endpoint")
            .at("/DeploymentConfig/BlueGreenUpdatePolicy/TrafficRoutingConfiguration");
    assertThat(once.get("Type").textValue()).isEqualTo("ALL_AT_ONCE");
    assertThat(once.has("CanarySize")).isFalse();
  }

  @Test
  void alarmsRollAnUpdateBackAndAreThereBeforeIt() {
    JsonNode template = endpoint("realtime");
    JsonNode alarms =
        properties(template, "Endpoint").at("/DeploymentConfig/AutoRollbackConfiguration/Alarms");

    assertThat(alarms.findValuesAsText("AlarmName"))
        .containsExactly("slipway-chat-endpoint-errors", "slipway-chat-endpoint-latency");
    assertThat(properties(template, "ErrorsAlarm").get("AlarmName").textValue())
        .isEqualTo("slipway-chat-endpoint-errors");
    assertThat(template.at("/Resources/Endpoint/DependsOn").toString())
        .contains("ErrorsAlarm", "LatencyAlarm");
    assertThat(
            properties(endpoint("realtime-all-at-once"), "Endpoint")
                .at("/DeploymentConfig/AutoRollbackConfiguration/Alarms"))
        .hasSize(1);
    assertThat(
            properties(endpoint("realtime-no-alarms"), "Endpoint")
                .at("/DeploymentConfig/AutoRollbackConfiguration")
                .isMissingNode())
        .isTrue();
  }

  /** A first step of 10 % in which all fails is 10 % of the answers: more than is tolerated. */
  @Test
  void aStepThatFailsWhollyRingsHoweverSmallItIs() {
    assertThat(properties(endpoint("realtime"), "ErrorsAlarm").get("Threshold").doubleValue())
        .isEqualTo(0.05);
    var small =
        Assembly.read(
            Assembly.synthesize(
                    Blueprints.of(
                        Blueprints.yaml("realtime") + "  update: {step: 2%}\n",
                        java.util.Optional.empty()))
                .endpoint()
                .orElseThrow());
    assertThat(properties(small, "ErrorsAlarm").get("Threshold").doubleValue()).isEqualTo(0.01);
  }

  @ParameterizedTest
  @CsvSource({"realtime, 45000000", "component, 45000000", "async-own, 2700000000"})
  void slowIsThreeQuartersOfTheTimeThatARequestHas(String name, long microseconds) {
    JsonNode alarm = properties(endpoint(name), "LatencyAlarm");

    assertThat(alarm.get("Threshold").longValue()).isEqualTo(microseconds);
    assertThat(alarm.get("ExtendedStatistic").textValue()).isEqualTo("p95");
  }

  @Test
  void updatesKeepTheScaledCount() {
    for (String name : List.of("realtime", "component", "async")) {
      assertThat(
              properties(endpoint(name), "Endpoint").get("RetainAllVariantProperties").asBoolean())
          .isTrue();
    }
  }

  @Test
  void vpcIsTheModelsOrWithComponentsTheConfigs() {
    assertThat(properties(endpoint("realtime-vpc"), "Model").at("/VpcConfig/Subnets")).hasSize(2);
    JsonNode template = endpoint("component-private");
    assertThat(properties(template, "Model").has("VpcConfig")).isFalse();
    assertThat(properties(template, "EndpointConfig").at("/VpcConfig/SecurityGroupIds")).hasSize(1);
    assertThat(properties(template, "EndpointConfig").get("EnableNetworkIsolation").asBoolean())
        .isTrue();
  }

  @Test
  void captureGoesIntoTheStore() {
    JsonNode capture =
        properties(endpoint("realtime-capture"), "EndpointConfig").get("DataCaptureConfig");

    assertThat(capture.get("InitialSamplingPercentage").intValue()).isEqualTo(10);
    assertThat(capture.at("/DestinationS3Uri/Fn::Sub").textValue())
        .isEqualTo("s3://${StoreBucket}/capture/default/");
    assertThat(capture.get("CaptureOptions").findValuesAsText("CaptureMode"))
        .containsExactly("Input", "Output");
  }

  @Test
  void componentHoldsTheModelAndTheConfigTheRole() {
    JsonNode template = endpoint("component");
    JsonNode component = properties(template, "Component");

    assertThat(variant("component").has("ModelName")).isFalse();
    assertThat(attribute(properties(template, "EndpointConfig").get("ExecutionRoleArn")))
        .isEqualTo("ExecutionRole.Arn");
    assertThat(component.get("InferenceComponentName").textValue()).isEqualTo("chat");
    assertThat(attribute(component.get("EndpointName"))).isEqualTo("Endpoint.EndpointName");
    assertThat(component.get("VariantName").textValue()).isEqualTo("main");
    assertThat(attribute(component.at("/Specification/ModelName"))).isEqualTo("Model.ModelName");
    JsonNode compute = component.at("/Specification/ComputeResourceRequirements");
    assertThat(compute.get("NumberOfAcceleratorDevicesRequired").intValue()).isEqualTo(1);
    assertThat(compute.get("MinMemoryRequiredInMb").intValue()).isEqualTo(20_480);
    assertThat(
            component
                .at("/Specification/StartupParameters/ModelDataDownloadTimeoutInSeconds")
                .intValue())
        .isEqualTo(900);
    assertThat(
            component.at("/DeploymentConfig/RollingUpdatePolicy/MaximumBatchSize/Value").intValue())
        .isEqualTo(10);
    assertThat(properties(template, "Endpoint").has("DeploymentConfig")).isFalse();
    assertThat(properties(endpoint("component-all-at-once"), "Component").has("DeploymentConfig"))
        .isFalse();
  }

  @Test
  void instancesOfComponentsMayGoToZero() {
    JsonNode zero = variant("component-zero").get("ManagedInstanceScaling");
    assertThat(zero.get("Status").textValue()).isEqualTo("ENABLED");
    assertThat(zero.get("MinInstanceCount").intValue()).isEqualTo(0);
    assertThat(zero.get("MaxInstanceCount").intValue()).isEqualTo(3);
    assertThat(variant("component").at("/ManagedInstanceScaling/MinInstanceCount").intValue())
        .isEqualTo(1);
  }

  @Test
  void answersGoToTheStoreAndToEncryptedTopics() {
    JsonNode template = endpoint("async");
    JsonNode config = properties(template, "EndpointConfig").get("AsyncInferenceConfig");

    assertThat(config.at("/OutputConfig/S3OutputPath/Fn::Sub").textValue())
        .isEqualTo("s3://${StoreBucket}/async/default/answers/");
    assertThat(config.at("/OutputConfig/NotificationConfig/SuccessTopic/Ref").textValue())
        .isEqualTo("SuccessTopic");
    assertThat(config.at("/OutputConfig/NotificationConfig/ErrorTopic/Ref").textValue())
        .isEqualTo("ErrorTopic");
    assertThat(config.at("/ClientConfig/MaxConcurrentInvocationsPerInstance").intValue())
        .isEqualTo(4);
    assertThat(properties(template, "SuccessTopic").get("KmsMasterKeyId").textValue())
        .isEqualTo("alias/aws/sns");
  }

  @Test
  void theUsersBucketAndTopicsAreUsedAsTheyAre() {
    JsonNode template = endpoint("async-own");
    JsonNode output =
        properties(template, "EndpointConfig").at("/AsyncInferenceConfig/OutputConfig");
    String role = properties(template, "ExecutionRole").toString();

    assertThat(output.get("S3OutputPath").textValue()).isEqualTo("s3://my-bucket/answers/");
    assertThat(output.at("/NotificationConfig/SuccessTopic").textValue())
        .isEqualTo("arn:aws:sns:eu-west-1:123456789012:answers");
    assertThat(template.at("/Resources/SuccessTopic").isMissingNode()).isTrue();
    assertThat(role)
        .contains("s3:::my-bucket/answers/*", "arn:aws:sns:eu-west-1:123456789012:failures");
  }
}
