package dev.slipway.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.plan.Change.Action;
import dev.slipway.plan.Plan.Step;
import dev.slipway.plan.Planner.Deployed;
import dev.slipway.plan.Planner.Proposed;
import dev.slipway.plan.Planner.Wanted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static final Map<String, String> BUCKET = Map.of("StoreBucket", "bucket-1");

  /** An endpoint as Slipway deploys it, with scaling and an alarm that wakes it. */
  private static String template(String instance, int min) {
    return """
    {"Parameters": {"StoreBucket": {"Type": "String"}},
     "Resources": {
      "Model": {"Type": "AWS::SageMaker::Model", "Properties": {
        "PrimaryContainer": {"Image": "i", "Environment": {"A": "private"},
          "ModelDataSource": {"S3DataSource": {"S3Uri": {"Fn::Sub": "s3://${StoreBucket}/models/"}}}}}},
      "Config": {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"ProductionVariants": [
        {"VariantName": "main", "InstanceType": "%s", "InitialInstanceCount": 1,
         "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]}}]}},
      "Endpoint": {"Type": "AWS::SageMaker::Endpoint", "Properties": {"EndpointName": "chat",
        "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}}},
      "Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "DependsOn": "Endpoint",
        "Properties": {"MinCapacity": %d, "MaxCapacity": 4, "ResourceId": "endpoint/chat/variant/main",
          "ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}},
      "Policy": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
        "Properties": {"ScalingTargetId": {"Ref": "Target"}}},
      "Wake": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": [{"Ref": "Policy"}]}},
      "Errors": {"Type": "AWS::CloudWatch::Alarm", "DependsOn": ["Policy", "Endpoint"],
        "Properties": {"AlarmActions": [{"Ref": "Policy"}, "arn:aws:sns:topic"]}}},
     "Outputs": {"EndpointName": {"Value": {"Ref": "Endpoint"}},
       "PolicyArn": {"Value": {"Fn::Sub": "arn of ${Policy}, not of ${!Policy}"}}}}
    """
        .formatted(instance, min);
  }

  private static Optional<Deployed> deployed(String template) {
    return Optional.of(new Deployed(template, BUCKET));
  }

  private static Wanted wanted(String template) {
    return new Wanted("slipway-chat-endpoint", template, BUCKET);
  }

  @Test
  void aSmallModelIsNotSaidToBeOfNoSize() {
    assertThat(Sizes.bytes(4_300_000)).isEqualTo("4.1 MiB");
    assertThat(Sizes.bytes(15_000_000_000L)).isEqualTo("14.0 GiB");
  }

  @Test
  void nothingChangesWhereOnlySpacesAndTheOrderOfKeysDo() {
    String now =
        "{\"Resources\": {\"A\": {\"Type\": \"T\", \"Properties\": {\"x\": 1, \"y\": [1, 2]}}}}";
    String same = "{\"Resources\":{\"A\":{\"Properties\":{\"y\":[1,2],\"x\":1},\"Type\":\"T\"}}}";
    String other = same.replace("[1,2]", "[2,1]");

    assertThat(Planner.unchanged(deployed(now), wanted(same))).isTrue();
    assertThat(Planner.steps(deployed(now), wanted(same))).isEmpty();
    assertThat(Planner.changes(deployed(now), wanted(same))).isEmpty();
    assertThat(Planner.unchanged(deployed(now), wanted(other))).isFalse();
    assertThat(Planner.unchanged(Optional.empty(), wanted(same))).isFalse();
  }

  @Test
  void aFirstDeployCreatesEverythingInOneStep() {
    assertThat(Planner.changes(Optional.empty(), wanted(template("ml.g5.xlarge", 1))))
        .hasSize(7)
        .allMatch(change -> change.action() == Action.CREATE);
    assertThat(Planner.steps(Optional.empty(), wanted(template("ml.g5.xlarge", 1))))
        .containsExactly(new Step("slipway-chat-endpoint", "create", template("ml.g5.xlarge", 1)));
  }

  @Test
  void whatPointsToAReplacedResourceChangesWithItAndNoValueIsSaid() {
    String now = template("ml.g5.xlarge", 1);
    String then = now.replace("\"A\": \"private\"", "\"A\": \"secret\"");

    List<Change> changes = Planner.changes(deployed(now), wanted(then));

    assertThat(changes)
        .extracting(change -> change.action().word() + " " + change.logicalId())
        .containsExactly("replace Model", "replace Config", "update Endpoint");
    assertThat(changes)
        .extracting(Change::reason)
        .containsExactly(
            "PrimaryContainer.Environment.A changes",
            "ProductionVariants changes",
            "EndpointConfigName changes");
  }

  @Test
  void aNewValueOfAParameterIsAChange() {
    List<Change> changes =
        Planner.changes(
            deployed(template("ml.g5.xlarge", 1)),
            new Wanted(
                "s", template("ml.g5.xlarge", 1), Map.of("StoreBucket", "very-private-name")));

    assertThat(changes.getFirst().reason()).isEqualTo("parameter StoreBucket changes");
    assertThat(changes)
        .extracting(Change::logicalId)
        .containsExactly("Model", "Config", "Endpoint");
    assertThat(changes.toString()).doesNotContain("very-private-name");
  }

  @Test
  void whatIsNoLongerThereIsDeletedLast() {
    String without = "{\"Resources\": {\"B\": {\"Type\": \"T\"}}}";
    String with = "{\"Resources\": {\"A\": {\"Type\": \"T\"}, \"B\": {\"Type\": \"U\"}}}";

    assertThat(Planner.changes(deployed(with), wanted(without)))
        .extracting(change -> change.action().word() + " " + change.logicalId())
        .containsExactly("replace B", "delete A");
  }

  @Test
  void cloudFormationsOwnChangeSetKnowsBetter() {
    List<Change> own =
        Planner.changes(deployed(template("ml.g5.xlarge", 1)), wanted(template("ml.g5.xlarge", 2)));

    assertThat(own).extracting(Change::reason).containsExactly("MinCapacity changes");
    assertThat(
            Planner.corrected(
                own,
                List.of(
                    new Proposed("Modify", "Target", "t-1", "AWS::X", "False", List.of()),
                    new Proposed(
                        "Modify", "Endpoint", "chat", "AWS::Y", "Conditional", List.of("B", "A")),
                    new Proposed("Add", "New", "", "AWS::Z", "", List.of()),
                    new Proposed("Remove", "Old", "o", "AWS::Z", "", List.of()))))
        .containsExactly(
            new Change(Action.UPDATE, "AWS::X", "Target", "t-1", "MinCapacity changes"),
            new Change(Action.REPLACE, "AWS::Y", "Endpoint", "chat", "A, B changes"),
            new Change(Action.CREATE, "AWS::Z", "New", "", ""),
            new Change(Action.DELETE, "AWS::Z", "Old", "o", ""));
  }

  /** Pain 12 of the field: an instance change fails with autoscaling attached. */
  @Test
  void anotherInstanceTypeTakesTheScalingOffFirst() {
    List<Step> steps =
        Planner.steps(deployed(template("ml.g5.xlarge", 1)), wanted(template("ml.g6.xlarge", 1)));

    assertThat(steps).extracting(Step::purpose).containsExactly("detach scaling", "update");
    assertThat(steps.getFirst().template())
        .contains("ml.g5.xlarge", "EndpointName")
        .doesNotContain("ApplicationAutoScaling", "Policy", "Target", "Wake");
    assertThat(TemplateJson.read(steps.getFirst().template()).at("/Resources/Errors").toString())
        .isEqualTo(
            "{\"Type\":\"AWS::CloudWatch::Alarm\",\"DependsOn\":[\"Endpoint\"],"
                + "\"Properties\":{\"AlarmActions\":[\"arn:aws:sns:topic\"]}}");
    assertThat(steps.getLast().template()).isEqualTo(template("ml.g6.xlarge", 1));
  }

  @Test
  void otherChangesLeaveTheScalingOn() {
    assertThat(
            Planner.steps(
                deployed(template("ml.g5.xlarge", 1)), wanted(template("ml.g5.xlarge", 2))))
        .extracting(Step::purpose)
        .containsExactly("update");
    String without =
        TemplateJson.write(Detachment.of(TemplateJson.read(template("ml.g5.xlarge", 1))));
    assertThat(Planner.steps(deployed(without), wanted(template("ml.g6.xlarge", 1))))
        .as("an interrupted change goes on with its second step")
        .extracting(Step::purpose)
        .containsExactly("update");
  }

  @Test
  void theCostIsThatOfTheSmallestScale() {
    assertThat(HourlyCost.of(template("ml.g5.xlarge", 2), any -> OptionalDouble.of(1.5)))
        .hasValue(3.0);
    assertThat(HourlyCost.of(template("ml.g5.xlarge", 0), any -> OptionalDouble.empty()))
        .hasValue(0);
    assertThat(HourlyCost.of(template("ml.g5.xlarge", 1), any -> OptionalDouble.empty())).isEmpty();
    assertThat(
            HourlyCost.of(
                """
                {"Resources": {"C": {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {
                  "ProductionVariants": [{"InstancePools": [{"InstanceType": "ml.g6.xlarge"}],
                    "ManagedInstanceScaling": {"MinInstanceCount": 3}}]}}}}
                """,
                instance ->
                    instance.equals("ml.g6.xlarge")
                        ? OptionalDouble.of(1)
                        : OptionalDouble.empty()))
        .hasValue(3);
  }

  @Test
  void aPlanHoldsBothStacksTheObjectsAndTheCosts() {
    Blueprint blueprint = Given.blueprint("", Given.model(1));
    String store = "{\"Resources\": {\"Bucket\": {\"Type\": \"AWS::S3::Bucket\"}}}";

    Plan plan =
        Planner.plan(
            blueprint.names(),
            new Planner.Move(Optional.empty(), new Wanted("store", store, Map.of())),
            Optional.of(
                new Planner.Move(
                    deployed(template("ml.g5.xlarge", 1)), wanted(template("ml.g6.xlarge", 2)))),
            Optional.of(Planner.mirrored(Given.endpoint(blueprint).model(), 2)),
            any -> OptionalDouble.of(1),
            List.of());

    assertThat(plan.changes().getFirst().type()).isEqualTo("AWS::S3::Bucket");
    assertThat(plan.changes().get(1).type()).isEqualTo("Slipway::Objects");
    assertThat(plan.steps())
        .extracting(Step::stack)
        .containsExactly("store", "slipway-chat-endpoint", "slipway-chat-endpoint");
    assertThat(plan.costPerHour()).isEqualTo(new Plan.CostPerHour(1.0, 2.0));
  }
}
