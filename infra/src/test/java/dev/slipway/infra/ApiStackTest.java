package dev.slipway.infra;

import static dev.slipway.infra.Assembly.properties;
import static dev.slipway.infra.Assembly.service;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The business layer on Fargate: who reaches it, what it may do, how it is replaced. */
final class ApiStackTest {
  /** Wildcards in its roles, each with its reason. */
  private static final Map<String, String> OPEN =
      Map.of(
          "EcrLogin", "the login is of the account: IAM knows no resource for it",
          "ReadIndex", "snapshots have names by their content",
          "KeepJobs", "jobs have names of their own",
          "ExchangeAnswers", "requests and answers have names of their own",
          "ReadAnswers", "answers have names of their own",
          "ReadKeys", "Secrets Manager puts six characters after a secret's name",
          "HandSecrets", "Secrets Manager puts six characters after a secret's name");

  @BeforeAll
  static void nodeRunsTheCdk() {
    Outside.needs("node");
  }

  static List<String> cases() {
    return Blueprints.served();
  }

  private static Map<String, JsonNode> statements(String name, String role) {
    Map<String, JsonNode> statements = new TreeMap<>();
    properties(service(name), role)
        .at("/Policies/0/PolicyDocument/Statement")
        .forEach(each -> statements.put(each.get("Sid").textValue(), each));
    return statements;
  }

  private static JsonNode statement(String name, String role, String id) {
    return Objects.requireNonNull(statements(name, role).get(id), id);
  }

  private static JsonNode container(String name) {
    return properties(service(name), "TaskDefinition").at("/ContainerDefinitions/0");
  }

  private static Map<String, String> attributes(JsonNode list) {
    Map<String, String> attributes = new TreeMap<>();
    list.forEach(each -> attributes.put(each.get("Key").asText(), each.get("Value").asText()));
    return attributes;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.isTextual() ? each.textValue() : each.toString()));
    return texts;
  }

  @Test
  void onlyTheLoadBalancerReachesTheTasksAndOnlyOnTheirPort() {
    for (String name : cases()) {
      JsonNode template = service(name);
      int port = name.equals("fargate-elsewhere") ? 9000 : 8000;
      JsonNode in = properties(template, "TasksFromBalancer");

      assertThat(properties(template, "TasksGroup").has("SecurityGroupIngress")).isFalse();
      assertThat(in.get("FromPort").intValue()).isEqualTo(port);
      assertThat(in.get("ToPort").intValue()).isEqualTo(port);
      assertThat(in.at("/SourceSecurityGroupId/Fn::GetAtt/0").textValue())
          .isEqualTo("BalancerGroup");
      assertThat(in.at("/GroupId/Fn::GetAtt/0").textValue()).isEqualTo("TasksGroup");
      JsonNode network =
          properties(template, "Service").at("/NetworkConfiguration/AwsvpcConfiguration");
      assertThat(network.get("AssignPublicIp").textValue()).isEqualTo("DISABLED");
      assertThat(network.at("/SecurityGroups/0/Fn::GetAtt/0").textValue()).isEqualTo("TasksGroup");
      assertThat(properties(template, "BalancerGroup").get("SecurityGroupEgress"))
          .hasSize(1)
          .allMatch(rule -> rule.get("CidrIp").asText().equals("255.255.255.255/32"));
    }
  }

  @Test
  void tasksCallHttpsAndWhatTheManifestNames() {
    assertThat(ports("fargate")).containsExactly(443);
    assertThat(ports("fargate-elsewhere")).containsExactly(443, 4318, 6333);
  }

  private static List<Integer> ports(String name) {
    List<Integer> ports = new ArrayList<>();
    properties(service(name), "TasksGroup")
        .get("SecurityGroupEgress")
        .forEach(rule -> ports.add(rule.get("FromPort").intValue()));
    return ports;
  }

  @Test
  void aCertificateMeansHttpsAloneAndNoneMeansHttpInsideOfTheVpc() {
    JsonNode open = service("fargate-public");
    JsonNode inside = service("fargate");

    assertThat(properties(open, "Listener").get("Protocol").textValue()).isEqualTo("HTTPS");
    assertThat(properties(open, "Listener").get("Port").intValue()).isEqualTo(443);
    assertThat(properties(open, "Listener").get("SslPolicy").textValue()).contains("TLS13");
    assertThat(properties(open, "LoadBalancer").get("Scheme").textValue())
        .isEqualTo("internet-facing");
    assertThat(properties(open, "LoadBalancer").get("Subnets"))
        .extracting(JsonNode::textValue)
        .containsExactly("subnet-0123456789abcdef2", "subnet-0123456789abcdef3");
    assertThat(properties(open, "BalancerGroup").get("SecurityGroupIngress"))
        .extracting(rule -> rule.get("FromPort").intValue() + " " + rule.get("CidrIp").textValue())
        .containsExactly("443 0.0.0.0/0");
    assertThat(properties(inside, "Listener").get("Protocol").textValue()).isEqualTo("HTTP");
    assertThat(properties(inside, "LoadBalancer").get("Scheme").textValue()).isEqualTo("internal");
    assertThat(properties(inside, "BalancerGroup").get("SecurityGroupIngress"))
        .extracting(rule -> rule.get("FromPort").intValue() + " " + rule.get("CidrIp").textValue())
        .containsExactly("80 10.0.0.0/8", "80 172.16.0.0/12", "80 192.168.0.0/16");
    assertThat(open.at("/Outputs/Url/Value").toString()).contains("https://");
    assertThat(inside.at("/Outputs/Url/Value").toString()).contains("http://");
  }

  @ParameterizedTest
  @CsvSource({"fargate, 70, 60", "fargate-public, 490, 480"})
  void streamsLiveUntilTheirDeadline(String name, String idle, String drain) {
    JsonNode template = service(name);

    assertThat(attributes(properties(template, "LoadBalancer").get("LoadBalancerAttributes")))
        .containsEntry("idle_timeout.timeout_seconds", idle)
        .containsEntry("deletion_protection.enabled", "false");
    assertThat(attributes(properties(template, "TargetGroup").get("TargetGroupAttributes")))
        .containsEntry("deregistration_delay.timeout_seconds", drain);
  }

  @Test
  void aSleepingEndpointKillsNoTask() {
    assertThat(properties(service("fargate-async"), "TargetGroup").get("HealthCheckPath").asText())
        .isEqualTo("/health/live");
  }

  @Test
  void mayAskExactlyItsEndpoint() {
    JsonNode realtime = statement("fargate", "TaskRole", "AskEndpoint");

    assertThat(texts(realtime.get("Action")))
        .containsExactly("sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream");
    assertThat(realtime.get("Resource").toString())
        .contains(":endpoint/chat\"")
        .doesNotContain("*");
    assertThat(statement("fargate-public", "TaskRole", "AskEndpoint").get("Resource").toString())
        .contains(":endpoint/chat\"", ":inference-component/chat\"");
    JsonNode async = statement("fargate-elsewhere", "TaskRole", "AskEndpoint");
    assertThat(texts(async.get("Action"))).contains("sagemaker:InvokeEndpointAsync");
    assertThat(async.get("Resource").toString()).contains(":endpoint/chat\"", ":endpoint/spare\"");
  }

  @Test
  void readsAndWritesOnlyItsOwnPlacesInTheStore() {
    assertThat(statements("fargate", "TaskRole").keySet())
        .containsExactly("AskEndpoint", "KeepJobs", "ListOwn", "ReadIndex", "ReadKeys");
    assertThat(statements("fargate-async", "TaskRole").keySet())
        .containsExactly(
            "AskEndpoint",
            "DecryptAnswers",
            "ExchangeAnswers",
            "KeepJobs",
            "ListOwn",
            "ReadIndex",
            "ReadKeys");
    assertThat(statements("fargate-elsewhere", "TaskRole").keySet())
        .contains("ReadAnswers")
        .doesNotContain("ReadIndex", "DecryptAnswers");
    assertThat(statement("fargate", "TaskRole", "ReadIndex").get("Action").textValue())
        .isEqualTo("s3:GetObject");
    assertThat(statement("fargate", "TaskRole", "ReadIndex").get("Resource").toString())
        .contains("/index/default/*");
  }

  @Test
  void aModelBesideTheServiceAsksNoEndpointAndGetsDiskAndTimeToLoad() {
    assertThat(Assembly.of("embedded").endpoint()).isEmpty();
    assertThat(statements("embedded", "TaskRole").keySet())
        .containsExactly("KeepJobs", "ListOwn", "ReadIndex", "ReadKeys");
    assertThat(service("embedded-large").toString())
        .doesNotContain("sagemaker:Invoke", "DecryptAnswers", "ExchangeAnswers");
    assertThat(properties(service("embedded"), "TaskDefinition").has("EphemeralStorage")).isFalse();
    JsonNode large = properties(service("embedded-large"), "TaskDefinition");
    assertThat(large.at("/EphemeralStorage/SizeInGiB").intValue()).isEqualTo(42);
    assertThat(large.get("Memory").textValue()).isEqualTo("40960");
    assertThat(graceSeconds("embedded")).isEqualTo(900);
    assertThat(graceSeconds("fargate")).isEqualTo(300);
    // What comes with the image needs no arguments.
    assertThat(texts(container("embedded").get("Command")))
        .isEqualTo(texts(container("fargate").get("Command")));
  }

  private static int graceSeconds(String name) {
    return properties(service(name), "Service").get("HealthCheckGracePeriodSeconds").intValue();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allowsNoWildcardWithoutAReason(String name) {
    for (String role : List.of("TaskRole", "ExecutionRole")) {
      statements(name, role)
          .forEach(
              (id, statement) -> {
                assertThat(statement.get("Action").toString()).doesNotContain("*");
                String resources = statement.get("Resource").toString();
                if (resources.contains("*") || resources.contains("?")) {
                  assertThat(OPEN).as(resources).containsKey(id);
                }
                if (resources.contains("s3:::${StoreBucket}")) {
                  assertThat(statement.get("Condition").toString()).contains("aws:ResourceAccount");
                }
              });
      assertThat(properties(service(name), role).has("ManagedPolicyArns")).isFalse();
    }
  }

  /** Keys are looked up while it runs, so that a revoked one is; other secrets are handed over. */
  @Test
  void secretsComeFromSecretsManagerAndAreNeverInTheTemplate() {
    JsonNode elsewhere = container("fargate-elsewhere");

    assertThat(elsewhere.at("/Secrets/0/Name").textValue()).isEqualTo("SLIPWAY_SECRET_QDRANT");
    assertThat(elsewhere.at("/Secrets/0/ValueFrom/Fn::Sub").textValue()).endsWith(":secret:qdrant");
    assertThat(statement("fargate-elsewhere", "TaskRole", "ReadKeys").toString())
        .contains(":secret:chat/api-keys-??????")
        .doesNotContain("qdrant");
    assertThat(statement("fargate-elsewhere", "ExecutionRole", "HandSecrets").toString())
        .contains(":secret:qdrant-??????")
        .doesNotContain("api-keys");
    assertThat(container("fargate").has("Secrets")).isFalse();
    assertThat(statements("fargate", "ExecutionRole")).doesNotContainKey("HandSecrets");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void containerIsNobodyAndWritesOnlyToItsScratchFolder(String name) {
    JsonNode container = container(name);

    assertThat(container.get("User").textValue()).isEqualTo("10001:10001");
    assertThat(container.get("ReadonlyRootFilesystem").booleanValue()).isTrue();
    assertThat(container.get("Privileged").booleanValue()).isFalse();
    assertThat(container.at("/LinuxParameters/Capabilities/Drop/0").textValue()).isEqualTo("ALL");
    assertThat(container.get("MountPoints")).hasSize(1);
    assertThat(container.at("/MountPoints/0/ContainerPath").textValue()).isEqualTo("/tmp");
    assertThat(container.at("/Image/Ref").textValue()).isEqualTo("ServiceImage");
    assertThat(container.at("/LogConfiguration/Options/awslogs-group/Ref").textValue())
        .isEqualTo("LogGroup");
  }

  @Test
  void readsItsIndexFromTheStoreAndNoneWhereQdrantHasIt() {
    assertThat(texts(container("fargate").get("Command")))
        .containsExactly(
            "--listen",
            "0.0.0.0",
            "--port",
            "8000",
            "--index",
            "{\"Fn::Sub\":\"s3://${StoreBucket}/${IndexSnapshot}\"}");
    assertThat(texts(container("fargate-elsewhere").get("Command")))
        .containsExactly("--listen", "0.0.0.0", "--port", "9000");
    assertThat(service("fargate").get("Parameters").has("IndexSnapshot")).isTrue();
    assertThat(service("fargate-elsewhere").get("Parameters").has("IndexSnapshot")).isFalse();
  }

  @Test
  void failedReplacementsAreTakenBackAndScalingIsNeverReset() {
    JsonNode tasks = properties(service("fargate"), "Service");

    assertThat(tasks.at("/DeploymentConfiguration/DeploymentCircuitBreaker/Enable").asBoolean())
        .isTrue();
    assertThat(tasks.at("/DeploymentConfiguration/DeploymentCircuitBreaker/Rollback").asBoolean())
        .isTrue();
    assertThat(tasks.at("/DeploymentConfiguration/MinimumHealthyPercent").intValue())
        .isEqualTo(100);
    assertThat(tasks.has("DesiredCount")).isFalse();
    assertThat(service("fargate").at("/Resources/Service/DependsOn").toString())
        .contains("Listener");
  }

  @Test
  void scalesByRequestsOfEachTaskAndByCpu() {
    JsonNode template = service("fargate-public");

    assertThat(properties(template, "ScalingTarget").get("MinCapacity").intValue()).isEqualTo(3);
    assertThat(properties(template, "ScalingTarget").get("MaxCapacity").intValue()).isEqualTo(12);
    assertThat(
            properties(template, "RequestsPolicy")
                .at("/TargetTrackingScalingPolicyConfiguration/TargetValue")
                .intValue())
        .isEqualTo(600);
    assertThat(
            properties(template, "CpuPolicy")
                .at(
                    "/TargetTrackingScalingPolicyConfiguration/PredefinedMetricSpecification"
                        + "/PredefinedMetricType")
                .textValue())
        .isEqualTo("ECSServiceAverageCPUUtilization");
    // A number that stands still needs its bounds, and no policies.
    assertThat(service("fargate-elsewhere").at("/Resources").has("ScalingTarget")).isTrue();
    assertThat(service("fargate-elsewhere").at("/Resources").has("CpuPolicy")).isFalse();
  }

  @Test
  void logsAreKeptAsLongAsTheManifestSaysAndGoWithTheStack() {
    JsonNode group = service("fargate-public").at("/Resources/LogGroup");

    assertThat(group.at("/Properties/RetentionInDays").intValue()).isEqualTo(90);
    assertThat(group.at("/Properties/LogGroupName").textValue()).isEqualTo("/slipway/chat/api");
    assertThat(group.get("DeletionPolicy").textValue()).isEqualTo("Delete");
  }

  @Test
  void alarmsRingForErrorsLatencyAndTasksThatDoNotAnswer() {
    JsonNode template = service("fargate");
    List<String> names = new ArrayList<>();
    for (String id : List.of("ErrorsAlarm", "LatencyAlarm", "UnhealthyAlarm", "DownAlarm")) {
      names.add(properties(template, id).get("AlarmName").textValue());
    }

    assertThat(names)
        .containsExactly(
            "slipway-chat-api-errors",
            "slipway-chat-api-latency",
            "slipway-chat-api-unhealthy",
            "slipway-chat-api-down");
    assertThat(properties(template, "LatencyAlarm").get("Threshold").doubleValue()).isEqualTo(45);
    assertThat(properties(template, "DownAlarm").get("TreatMissingData").textValue())
        .isEqualTo("breaching");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void tagsWhatCanHaveTagsAndFitsIntoOneRequest(String name) {
    JsonNode template = service(name);

    assertThat(template.toString().getBytes(StandardCharsets.UTF_8).length).isLessThan(51_200);
    template
        .get("Resources")
        .properties()
        .forEach(
            each -> {
              String type = each.getValue().get("Type").textValue();
              if (!Set.of(
                      "AWS::ApplicationAutoScaling::ScalableTarget",
                      "AWS::ApplicationAutoScaling::ScalingPolicy",
                      "AWS::EC2::SecurityGroupIngress",
                      "AWS::EC2::SecurityGroupEgress",
                      "AWS::ElasticLoadBalancingV2::Listener")
                  .contains(type)) {
                assertThat(attributes(each.getValue().at("/Properties/Tags")))
                    .as(each.getKey())
                    .containsEntry("slipway:deployment", "chat")
                    .containsEntry("slipway:environment", "default")
                    .containsEntry("team", "search");
              }
            });
  }

  @Test
  void theSameInputsGiveTheSameBytes() {
    assertThat(Assembly.synthesize(Blueprints.served("fargate-elsewhere")))
        .isEqualTo(Assembly.of("fargate-elsewhere"));
  }
}
