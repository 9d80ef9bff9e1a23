package dev.slipway.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.CloudFailure;
import dev.slipway.standin.kernel.Conditions.Action;
import dev.slipway.standin.kernel.Fault;
import dev.slipway.standin.kernel.VirtualPace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds the simulation to what CloudFormation and SageMaker do. */
final class FakeCloudTest {
  private static final String STACK = "slipway-chat-endpoint";
  private static final EndpointName CHAT = new EndpointName("chat");

  private final VirtualPace pace = new VirtualPace();
  private final CloudSimulation simulation = new CloudSimulation(pace);
  private final FakeCloud cloud = new FakeCloud(simulation);
  private int changeSets;

  @Test
  void aStackIsMadeInOrderAndSaysItsOutputs() {
    apply(true, template("ml.g5.xlarge", "image:1", true));

    Stacks.Stack stack = stack();
    assertThat(stack.status()).isEqualTo(StackStatus.CREATE_COMPLETE);
    assertThat(stack.outputs()).containsEntry("EndpointName", "chat");
    Hosting.Endpoint endpoint = endpoint();
    assertThat(endpoint.status()).isEqualTo("InService");
    assertThat(endpoint.config())
        .isEqualTo(stack.outputs().get("EndpointConfigName"))
        .startsWith(STACK);
    assertThat(endpoint.variants())
        .containsExactly(new Hosting.Variant("main", "ml.g5.xlarge", 1, 1));
    assertThat(cloud.hosting().tags(endpoint.arn())).containsEntry("slipway:revision", "1");
    assertThat(
            cloud.stacks().events(STACK, Optional.empty()).stream()
                .filter(event -> event.status().equals("CREATE_COMPLETE"))
                .map(Stacks.Event::logicalId))
        .containsExactly("Role", "Model", "Config", "Endpoint", "Target", STACK);
  }

  @Test
  void anUnchangedTemplateMakesAnEmptyChangeSet() {
    apply(true, template("ml.g5.xlarge", "image:1", false));

    Stacks.ChangeSet again = propose(false, template("ml.g5.xlarge", "image:1", false));

    assertThat(again.status()).isEqualTo("FAILED");
    assertThat(again.reason().orElse(""))
        .startsWith("The submitted information didn't contain changes.");
    assertThat(again.execution()).isEqualTo("UNAVAILABLE");
  }

  @Test
  void aNewImageReplacesModelAndConfigAndKeepsTheOldOnes() {
    apply(true, template("ml.g5.xlarge", "image:1", false));
    String old = endpoint().config();

    Stacks.ChangeSet change = propose(false, template("ml.g5.xlarge", "image:2", false));
    assertThat(change.changes())
        .extracting(Stacks.ResourceChange::logicalId, c -> c.replacement().orElse(""))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("Model", "True"),
            org.assertj.core.groups.Tuple.tuple("Config", "True"),
            org.assertj.core.groups.Tuple.tuple("Endpoint", "False"));
    execute();

    assertThat(stack().status()).isEqualTo(StackStatus.UPDATE_COMPLETE);
    assertThat(endpoint().config()).isNotEqualTo(old);
    assertThat(cloud.hosting().list(Hosting.Kind.ENDPOINT_CONFIG, "")).hasSize(2);
    assertThat(cloud.hosting().list(Hosting.Kind.MODEL, "")).hasSize(2);
  }

  @Test
  void anInstanceTypeCanNotChangeWhileItIsScaled() {
    apply(true, template("ml.g5.xlarge", "image:1", true));
    String old = endpoint().config();

    apply(false, template("ml.g5.2xlarge", "image:1", true));

    assertThat(stack().status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
    assertThat(failures()).contains("must be deregistered as a scalable target");
    assertThat(endpoint().config()).isEqualTo(old);

    apply(false, template("ml.g5.xlarge", "image:1", false));
    apply(false, template("ml.g5.2xlarge", "image:1", true));
    assertThat(stack().status()).isEqualTo(StackStatus.UPDATE_COMPLETE);
    assertThat(endpoint().variants().getFirst().instance()).isEqualTo("ml.g5.2xlarge");
  }

  @Test
  void aContainerThatFailsItsHealthCheckTakesTheWholeStackBack() {
    simulation.conditions().unhealthy("image:bad", List.of("CUDA driver version is insufficient"));

    apply(true, template("ml.g5.xlarge", "image:bad", false));

    assertThat(stack().status()).isEqualTo(StackStatus.ROLLBACK_COMPLETE);
    assertThat(failures()).contains("did not pass the ping health check");
    assertThat(cloud.hosting().endpoint(CHAT)).isEmpty();
    assertThat(
            cloud.logs().read("/aws/sagemaker/Endpoints/chat", java.time.Instant.EPOCH, 10).stream()
                .map(line -> line.text()))
        .containsExactly("CUDA driver version is insufficient");
    assertThatThrownBy(() -> propose(false, template("ml.g5.xlarge", "image:1", false)))
        .isInstanceOfSatisfying(
            CloudFailure.class, e -> assertThat(e.kind()).isEqualTo(CloudFailure.Kind.CONFLICT))
        .hasMessageContaining("ROLLBACK_COMPLETE state and can not be updated");
  }

  @Test
  void anAlarmCanTakeAnUpdateBackWithoutAWord() {
    apply(true, template("ml.g5.xlarge", "image:1", false));
    String old = endpoint().config();
    simulation.conditions().alarmRollback("chat-errors", false);

    apply(false, template("ml.g5.xlarge", "image:2", false));

    assertThat(stack().status()).isEqualTo(StackStatus.UPDATE_COMPLETE);
    assertThat(endpoint().status()).isEqualTo("InService");
    assertThat(endpoint().failureReason()).isEmpty();
    assertThat(endpoint().config()).isEqualTo(old);
    assertThat(stack().outputs().get("EndpointConfigName")).isNotEqualTo(old);
    assertThat(cloud.alarms().startingWith("chat-").getFirst().rings()).isTrue();
  }

  @Test
  void anAlarmThatTheStackNoticesPutsEverythingBack() {
    apply(true, template("ml.g5.xlarge", "image:1", false));
    String old = endpoint().config();
    simulation.conditions().alarmRollback("chat-errors", true);

    apply(false, template("ml.g5.xlarge", "image:2", false));

    assertThat(stack().status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
    assertThat(stack().outputs()).containsEntry("EndpointConfigName", old);
    assertThat(endpoint().config()).isEqualTo(old);
    assertThat(cloud.hosting().list(Hosting.Kind.ENDPOINT_CONFIG, "")).hasSize(1);
    assertThat(failures()).contains("chat-errors");
  }

  @Test
  void aRollbackThatFailsGoesOnWhenAsked() {
    apply(true, template("ml.g5.xlarge", "image:1", false));
    simulation.conditions().alarmRollback("chat-errors", true);
    simulation.conditions().trouble("Endpoint", Action.PUT_BACK, "Internal failure", 1);
    apply(false, template("ml.g5.xlarge", "image:2", false));
    assertThat(stack().status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_FAILED);

    cloud.stacks().continueRollback(STACK, Set.of("Endpoint"), "t-continue");
    pace.pause(Duration.ofHours(1));

    assertThat(stack().status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
  }

  @Test
  void aResourceThatCanNotBeDeletedCanBeLeft() {
    apply(true, template("ml.g5.xlarge", "image:1", false));
    String id = stack().id();
    simulation.with(all -> all.hosting().createComponent("hidden", "chat", "none", 1, Map.of()));
    delete(Set.of());
    assertThat(stack().status()).isEqualTo(StackStatus.DELETE_FAILED);
    assertThat(stack().reason().orElse("")).contains("[Endpoint]");

    cloud.hosting().delete(Hosting.Kind.COMPONENT, "hidden");
    pace.pause(Duration.ofMinutes(5));
    delete(Set.of());

    assertThat(cloud.stacks().find(STACK)).isEmpty();
    assertThat(cloud.stacks().find(id).orElseThrow().status())
        .isEqualTo(StackStatus.DELETE_COMPLETE);
    assertThat(cloud.hosting().list(Hosting.Kind.MODEL, "")).isEmpty();
  }

  @Test
  void anUpdateBySageMakerItselfBlocksOthersUntilItEnds() {
    apply(true, template("ml.g5.xlarge", "image:1", false));
    simulation.with(all -> all.hosting().updateBySystem("chat", Duration.ofMinutes(90)));

    delete(Set.of());
    assertThat(stack().status()).isEqualTo(StackStatus.DELETE_FAILED);
    assertThat(endpoint().status()).isEqualTo("SystemUpdating");

    pace.pause(Duration.ofHours(1));
    delete(Set.of());
    assertThat(cloud.stacks().find(STACK)).isEmpty();
  }

  @Test
  void anUpdateResetsTheScaledCountUnlessItIsRetained() {
    apply(true, template("ml.g5.xlarge", "image:1", false));
    cloud.hosting().resize(CHAT, "main", 3);
    pace.pause(Duration.ofHours(1));
    assertThat(endpoint().variants().getFirst().now()).isEqualTo(3);

    apply(false, template("ml.g5.xlarge", "image:2", false));
    assertThat(endpoint().variants().getFirst().now()).isEqualTo(1);

    cloud.hosting().resize(CHAT, "main", 3);
    pace.pause(Duration.ofHours(1));
    apply(
        false,
        template("ml.g5.xlarge", "image:3", false)
            .replace(
                "\"EndpointName\": \"chat\"",
                "\"EndpointName\": \"chat\", \"RetainAllVariantProperties\": true"));
    assertThat(endpoint().variants().getFirst().now()).isEqualTo(3);
  }

  @Test
  void theNthCallOfAnOperationFailsAsTheScriptSays() {
    simulation.faults().on("DescribeStacks", 2, Fault.throttling());

    assertThat(cloud.stacks().find(STACK)).isEmpty();
    assertThatThrownBy(() -> cloud.stacks().find(STACK))
        .isInstanceOfSatisfying(
            CloudFailure.class, e -> assertThat(e.kind()).isEqualTo(CloudFailure.Kind.THROTTLED));
    assertThat(cloud.stacks().find(STACK)).isEmpty();
  }

  @Test
  void aRequestWhoseReplyIsLostTookEffectAndCanBeRepeatedWithItsToken() {
    propose(true, template("ml.g5.xlarge", "image:1", false));
    simulation.faults().on("ExecuteChangeSet", 1, new Fault.LostReply());

    assertThatThrownBy(() -> cloud.stacks().execute(STACK, "change-1", "token"))
        .isInstanceOfSatisfying(
            CloudFailure.class, e -> assertThat(e.kind()).isEqualTo(CloudFailure.Kind.UNREACHABLE));
    cloud.stacks().execute(STACK, "change-1", "token");
    pace.pause(Duration.ofHours(1));

    assertThat(stack().status()).isEqualTo(StackStatus.CREATE_COMPLETE);
  }

  @Test
  void expiredCredentialsFailEveryCallFromThenOn() {
    simulation.faults().from("*", 2, Fault.expiredToken());

    assertThat(cloud.account().identity().account()).isEqualTo("123456789012");
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> cloud.account().identity())
          .isInstanceOfSatisfying(
              CloudFailure.class,
              e -> assertThat(e.kind()).isEqualTo(CloudFailure.Kind.CREDENTIALS));
    }
  }

  @Test
  void instancesThatAreScarceFailUnlessAnotherTypeIsAllowed() {
    simulation.conditions().scarce("ml.g5.xlarge");
    apply(true, template("ml.g5.xlarge", "image:1", false));
    assertThat(stack().status()).isEqualTo(StackStatus.ROLLBACK_COMPLETE);
    assertThat(failures()).contains("InsufficientInstanceCapacity");
    delete(Set.of());

    apply(
        true,
        template("ml.g5.xlarge", "image:1", false)
            .replace(
                "\"InstanceType\": \"ml.g5.xlarge\"",
                "\"InstancePools\": [{\"InstanceType\": \"ml.g5.xlarge\"}, {\"InstanceType\":"
                    + " \"ml.g6.xlarge\"}]"));
    assertThat(endpoint().variants().getFirst().instance()).isEqualTo("ml.g6.xlarge");
  }

  private Stacks.Stack stack() {
    return cloud.stacks().find(STACK).orElseThrow();
  }

  private Hosting.Endpoint endpoint() {
    return cloud.hosting().endpoint(CHAT).orElseThrow();
  }

  private String failures() {
    StringBuilder reasons = new StringBuilder();
    for (Stacks.Event event : cloud.stacks().events(STACK, Optional.empty())) {
      if (event.status().endsWith("_FAILED")) {
        reasons.append(event.reason().orElse("")).append('\n');
      }
    }
    return reasons.toString();
  }

  private Stacks.ChangeSet propose(boolean create, String template) {
    String name = "change-" + ++changeSets;
    cloud
        .stacks()
        .propose(
            new Stacks.Proposal(
                STACK,
                name,
                create,
                new Stacks.Template.Body(template),
                Map.of("StoreBucket", "store"),
                Map.of("slipway:revision", "1"),
                ""));
    pace.pause(Duration.ofSeconds(5));
    return cloud.stacks().changeSet(STACK, name).orElseThrow();
  }

  private void execute() {
    cloud.stacks().execute(STACK, "change-" + changeSets, "token-" + changeSets);
    pace.pause(Duration.ofHours(2));
  }

  private void apply(boolean create, String template) {
    assertThat(propose(create, template).status()).isEqualTo("CREATE_COMPLETE");
    execute();
  }

  private void delete(Set<String> retain) {
    cloud.stacks().delete(STACK, retain, "delete-" + pace.now());
    pace.pause(Duration.ofMinutes(30));
  }

  private static String template(String instance, String image, boolean scaled) {
    String target =
        """
        , "Target": {
          "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
          "DependsOn": ["Endpoint"],
          "Properties": {
            "ResourceId": {"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/main"},
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
            "ServiceNamespace": "sagemaker", "MinCapacity": 1, "MaxCapacity": 4}}
        """;
    return """
    {
      "Parameters": {"StoreBucket": {"Type": "String"}},
      "Resources": {
        "Endpoint": {
          "Type": "AWS::SageMaker::Endpoint",
          "Properties": {
            "EndpointName": "chat",
            "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}}},
        "Config": {
          "Type": "AWS::SageMaker::EndpointConfig",
          "UpdateReplacePolicy": "Retain",
          "Properties": {"ProductionVariants": [{
            "VariantName": "main",
            "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
            "InitialInstanceCount": 1,
            "InstanceType": "%s"}]}},
        "Model": {
          "Type": "AWS::SageMaker::Model",
          "UpdateReplacePolicy": "Retain",
          "Properties": {
            "ExecutionRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "PrimaryContainer": {
              "Image": "%s",
              "ModelDataSource": {"S3DataSource": {"S3Uri":
                {"Fn::Join": ["", ["s3://", {"Ref": "StoreBucket"}, "/models/1/"]]}}}}}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"Path": "/"}}%s
      },
      "Outputs": {
        "EndpointName": {"Value": {"Fn::GetAtt": ["Endpoint", "EndpointName"]}},
        "EndpointConfigName": {"Value": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}}
      }
    }
    """
        .formatted(instance, image, scaled ? target : "");
  }
}
