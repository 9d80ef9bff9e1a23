package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks.ChangeSet;
import dev.slipway.deploy.cloud.Stacks.Proposal;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.deploy.cloud.Stacks.Template;
import dev.slipway.endpoint.EndpointName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every {@link Cloud} does, whether AWS, a simulation on the wire, or one in this JVM. The
 * tests are in {@link StacksContract} and {@link HostingContract}; this is what they share.
 *
 * <p>Each test makes its own deployment under names that no other has, and only through the ports,
 * so nothing here asks that a simulation is empty.
 */
public abstract class CloudContract {
  /** Long enough for a simulated endpoint: only looked at, never waited for on a real clock. */
  private static final int MOST_LOOKS = 2_000;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  /** The name of this test's deployment; also within the names of all that it makes. */
  protected String name = "";

  @BeforeEach
  final void nameTheDeployment() {
    name = "contract-" + UUID.randomUUID().toString().substring(0, 8);
  }

  /** Returns the cloud under test, the same one throughout a test. */
  protected abstract Cloud cloud();

  /** Returns the clock that the cloud goes by; pausing lets simulated time pass. */
  protected abstract Pace pace();

  /** Returns what this cloud is known not to do. */
  protected abstract Set<Gap> gaps();

  /** Writes one line into a log group, which is made where there is none. */
  protected abstract void log(String group, String stream, Instant at, String text);

  /** Ends the test here, as skipped, where the cloud lacks something that it is about. */
  protected final void needs(Gap gap) {
    assumeFalse(gaps().contains(gap), gap.sentence());
  }

  /** Lets time pass until a condition holds. */
  protected final void until(String what, BooleanSupplier condition) {
    for (int look = 0; !condition.getAsBoolean(); look++) {
      assertThat(look).as("looks until %s", what).isLessThan(MOST_LOOKS);
      pace().pause(BETWEEN_LOOKS);
    }
  }

  /** Returns the name of this test's stack. */
  protected final String stack() {
    return name + "-endpoint";
  }

  /** Returns a proposal of this test's stack, with the tags that every stack of ours has. */
  protected final Proposal proposal(String changeSet, boolean create, String template) {
    return new Proposal(
        stack(),
        // Unique among all stacks: a simulation may find change sets by their name alone.
        name + "-" + changeSet,
        create,
        new Template.Body(template),
        Map.of("Purpose", "contract"),
        tags(),
        "made by a test");
  }

  /** Returns the tags of this test's stack. */
  protected final Map<String, String> tags() {
    return Map.of("slipway:deployment", name, "slipway:environment", "test");
  }

  /** Proposes, and returns the change set once it is made or has failed. */
  protected final ChangeSet proposed(Proposal proposal) {
    cloud().stacks().propose(proposal);
    until(
        "the change set is made",
        () ->
            cloud()
                .stacks()
                .changeSet(proposal.stack(), proposal.changeSet())
                .map(ChangeSet::status)
                .filter(status -> status.equals("CREATE_COMPLETE") || status.equals("FAILED"))
                .isPresent());
    return cloud().stacks().changeSet(proposal.stack(), proposal.changeSet()).orElseThrow();
  }

  /** Applies a template, and returns the stack once nothing works on it. */
  protected final Stack applied(String changeSet, boolean create, String template) {
    Proposal proposal = proposal(changeSet, create, template);
    assertThat(proposed(proposal).status()).isEqualTo("CREATE_COMPLETE");
    cloud().stacks().execute(proposal.stack(), proposal.changeSet(), proposal.changeSet());
    until(
        "the stack is at rest",
        () ->
            cloud()
                .stacks()
                .find(stack())
                .map(Stack::status)
                .filter(status -> !status.busy() && !status.equals(StackStatus.REVIEW_IN_PROGRESS))
                .isPresent());
    return cloud().stacks().find(stack()).orElseThrow();
  }

  /** Deletes this test's stack, and lets time pass until it is gone. */
  protected final void deleteStack() {
    cloud().stacks().delete(stack(), Set.of(), name + "-delete");
    until("the stack is deleted", () -> cloud().stacks().find(stack()).isEmpty());
  }

  /**
   * Returns the name of what this test's stack made: the last part of its physical id, which is an
   * ARN.
   */
  protected final String made(String logicalId) {
    return cloud().stacks().resources(stack()).stream()
        .filter(resource -> resource.logicalId().equals(logicalId))
        .flatMap(resource -> resource.physicalId().stream())
        .map(id -> id.substring(id.lastIndexOf('/') + 1))
        .findFirst()
        .orElseThrow();
  }

  /** Returns the name of the endpoint that this test's stack made. */
  protected final EndpointName endpoint() {
    return new EndpointName(made("Endpoint"));
  }

  /** Returns a template of a role, a model, a configuration and an endpoint. */
  protected final String endpointTemplate(String instance, String... more) {
    needs(Gap.HOSTING);
    return """
    {
     "Parameters": {"Purpose": {"Type": "String"}},
     "Resources": {
      "Role": {"Type": "AWS::IAM::Role", "Properties": {
       "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"},
         "Action": "sts:AssumeRole"}]}}},
      "Model": {"Type": "AWS::SageMaker::Model", "Properties": {
       "ExecutionRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
       "PrimaryContainer": {"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/vllm:1"},
       "Tags": [{"Key": "slipway:deployment", "Value": "%1$s"}]}},
      "Config": {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {
       "ProductionVariants": [
        {"VariantName": "main", "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
         "InstanceType": "%2$s", "InitialInstanceCount": 1, "InitialVariantWeight": 1}],
       "Tags": [{"Key": "slipway:deployment", "Value": "%1$s"}]}},
      "Endpoint": {"Type": "AWS::SageMaker::Endpoint", "Properties": {
       "EndpointName": "%1$s",
       "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]},
       "Tags": [{"Key": "slipway:deployment", "Value": "%1$s"}]}}%3$s
     },
     "Outputs": {
      "EndpointName": {"Value": {"Fn::GetAtt": ["Endpoint", "EndpointName"]}},
      "ConfigName": {"Value": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}},
      "ModelName": {"Value": {"Fn::GetAtt": ["Model", "ModelName"]}}
     }
    }
    """
        .formatted(name, instance, more.length == 0 ? "" : ",\n" + String.join(",\n", more));
  }
}
