package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.ScriptedAws.Answer;
import dev.slipway.aws.ScriptedAws.Call;
import dev.slipway.deploy.cloud.Stacks.ChangeSet;
import dev.slipway.deploy.cloud.Stacks.Event;
import dev.slipway.deploy.cloud.Stacks.Proposal;
import dev.slipway.deploy.cloud.Stacks.ResourceChange;
import dev.slipway.deploy.cloud.Stacks.Template;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a simulation doesn't show: pages, and the requests themselves. */
final class AwsStacksTest {

  private static Call proposed(Template template) throws IOException {
    try (ScriptedAws aws = new ScriptedAws(call -> Answer.xml(call.operation(), "<Id>a</Id>"));
        AwsCloud cloud = aws.cloud()) {
      cloud
          .stacks()
          .propose(
              new Proposal("s", "c", false, template, Map.of("P", "v"), Map.of("t", "v"), "d"));
      return aws.calls().getFirst();
    }
  }

  @Test
  void rolesAreAcknowledgedOnlyWhereTheTemplateHasSome() throws IOException {
    Call plain = proposed(new Template.Body("{\"Resources\":{}}"));
    Call roles =
        proposed(new Template.Body("{\"Resources\":{\"R\":{\"Type\":\"AWS::IAM::Role\"}}}"));

    assertThat(plain.body()).doesNotContain("Capabilities.member");
    assertThat(roles.value("Capabilities.member.1")).isEqualTo("CAPABILITY_IAM");
    assertThat(roles.value("ChangeSetType")).isEqualTo("UPDATE");
    assertThat(roles.value("Parameters.member.1.ParameterValue")).isEqualTo("v");
  }

  @Test
  void aLongTemplateIsReadFromItsBucketInTheStacksRegion() throws IOException {
    Call call = proposed(new Template.InBucket("slipway-b", "templates/prod/1.json"));

    assertThat(call.value("TemplateURL"))
        .isEqualTo("https://slipway-b.s3.eu-west-1.amazonaws.com/templates/prod/1.json");
    assertThat(call.body()).doesNotContain("TemplateBody");
  }

  @Test
  void aChangeSetHasTheChangesOfAllItsPages() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(
                call ->
                    Answer.xml(
                        call.operation(),
                        "<Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>"
                            + (call.number() == 1 ? "<NextToken>2</NextToken>" : "")
                            + change("R" + call.number())));
        AwsCloud cloud = aws.cloud()) {
      ChangeSet changes = cloud.stacks().changeSet("s", "c").orElseThrow();

      assertThat(changes.changes())
          .extracting(ResourceChange::logicalId)
          .containsExactly("R1", "R2");
      ResourceChange first = changes.changes().getFirst();
      assertThat(first.replacement()).contains("True");
      assertThat(first.causes()).containsExactly("InstanceType", "Tags");
      assertThat(aws.calls().getLast().value("NextToken")).isEqualTo("2");
    }
  }

  private static String change(String id) {
    return """
    <Changes><member><Type>Resource</Type><ResourceChange><Action>Modify</Action>
    <LogicalResourceId>%s</LogicalResourceId><ResourceType>AWS::X::Y</ResourceType>
    <Replacement>True</Replacement><Details>
    <member><Target><Attribute>Properties</Attribute><Name>InstanceType</Name></Target></member>
    <member><Target><Attribute>Properties</Attribute><Name>InstanceType</Name></Target></member>
    <member><Target><Attribute>Tags</Attribute></Target></member>
    </Details></ResourceChange></member></Changes>
    """
        .formatted(id);
  }

  @Test
  void eventsAreReadNoFurtherThanTheLastKnownOne() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(
                call ->
                    Answer.xml(
                        call.operation(),
                        "<NextToken>more</NextToken><StackEvents>"
                            + event(10 - 2 * call.number() + 1)
                            + event(10 - 2 * call.number())
                            + "</StackEvents>"));
        AwsCloud cloud = aws.cloud()) {
      assertThat(cloud.stacks().events("s", Optional.of("e6")))
          .extracting(Event::id)
          .isEqualTo(List.of("e7", "e8", "e9"));
      assertThat(aws.calls()).hasSize(2);
    }
  }

  private static String event(int number) {
    return ("<member><EventId>e%d</EventId><Timestamp>2026-01-01T00:00:0%dZ</Timestamp>"
            + "<LogicalResourceId>R</LogicalResourceId></member>")
        .formatted(number, number);
  }

  @Test
  void nothingToRetainOrSkipIsLeftOutOfTheRequest() throws IOException {
    try (ScriptedAws aws = new ScriptedAws(call -> Answer.xml(call.operation(), ""));
        AwsCloud cloud = aws.cloud()) {
      cloud.stacks().delete("s", Set.of(), "t1");
      cloud.stacks().delete("s", Set.of("Bucket"), "t2");
      cloud.stacks().continueRollback("s", Set.of("Endpoint"), "t3");

      assertThat(aws.calls().get(0).body()).doesNotContain("RetainResources");
      assertThat(aws.calls().get(0).value("ClientRequestToken")).isEqualTo("t1");
      assertThat(aws.calls().get(1).value("RetainResources.member.1")).isEqualTo("Bucket");
      assertThat(aws.calls().get(2).value("ResourcesToSkip.member.1")).isEqualTo("Endpoint");
    }
  }
}
