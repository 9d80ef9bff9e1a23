package dev.slipway.standin.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.standin.kernel.Fault;
import dev.slipway.standin.kernel.VirtualPace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetNotFoundException;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetStatus;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.CloudFormationException;
import software.amazon.awssdk.services.cloudformation.model.ResourceChange;
import software.amazon.awssdk.services.cloudformation.model.StackStatus;

/** Holds the server to what the AWS SDK expects of the services. */
final class StandInServerTest {
  private static final String TEMPLATE =
      """
      {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "a < b"}}},
       "Outputs": {"Topic": {"Value": {"Ref": "Topic"}}}}
      """;

  private final StandInServer server;
  private final HttpClient http = HttpClient.newHttpClient();
  private final CloudFormationClient stacks;

  StandInServerTest(@TempDir Path folder) {
    server = StandInServer.start(folder, 0, new VirtualPace(), Duration.ofSeconds(10));
    stacks =
        CloudFormationClient.builder()
            .endpointOverride(server.url())
            .region(Region.EU_WEST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
            .httpClient(UrlConnectionHttpClient.create())
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
  }

  @AfterEach
  void close() {
    stacks.close();
    http.close();
    server.close();
  }

  @Test
  void theSdkMakesAStackByAChangeSet() {
    propose();

    assertThat(changeSetStatus()).isEqualTo(ChangeSetStatus.CREATE_COMPLETE);
    assertThat(
            stacks
                .describeChangeSet(r -> r.stackName("one").changeSetName("first"))
                .changes()
                .getFirst()
                .resourceChange())
        .extracting(ResourceChange::logicalResourceId, ResourceChange::actionAsString)
        .containsExactly("Topic", "Add");
    stacks.executeChangeSet(r -> r.stackName("one").changeSetName("first"));
    while (stacks.describeStacks(r -> r.stackName("one")).stacks().getFirst().stackStatus()
        != StackStatus.CREATE_COMPLETE) {
      // Each call takes ten seconds of the stand-in's time, so this ends.
    }
    assertThat(stacks.getTemplate(r -> r.stackName("one")).templateBody()).isEqualTo(TEMPLATE);
    assertThat(
            stacks.describeStacks(r -> {}).stacks().getFirst().outputs().getFirst().outputValue())
        .startsWith("arn:aws:sns:");
  }

  @Test
  void whatIsNotThereHasTheCodesThatTheSdkKnows() {
    assertThatThrownBy(() -> stacks.describeStacks(r -> r.stackName("none")))
        .isInstanceOfSatisfying(
            CloudFormationException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ValidationError"))
        .hasMessageContaining("Stack with id none does not exist");
    propose();
    assertThatThrownBy(
            () -> stacks.describeChangeSet(r -> r.stackName("one").changeSetName("other")))
        .isInstanceOf(ChangeSetNotFoundException.class);
  }

  @Test
  void aThrottledCallAndExpiredCredentialsAreToldApart() {
    server.simulation().faults().on("DescribeStacks", 1, Fault.throttling());
    server.simulation().faults().on("ListStacks", 1, Fault.expiredToken());

    assertThatThrownBy(() -> stacks.describeStacks(r -> {}))
        .isInstanceOfSatisfying(
            CloudFormationException.class, e -> assertThat(e.isThrottlingException()).isTrue());
    assertThatThrownBy(() -> stacks.listStacks(r -> {}))
        .isInstanceOfSatisfying(
            CloudFormationException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ExpiredToken"));
  }

  @Test
  void aLostReplyClosesTheConnectionAfterTheObjectWasWritten() throws Exception {
    assertThat(send("PUT", "/bucket", "").statusCode()).isEqualTo(200);
    server.simulation().faults().on("PutObject", 1, new Fault.LostReply());

    assertThatThrownBy(() -> send("PUT", "/bucket/lock", "held")).isInstanceOf(IOException.class);

    assertThat(send("GET", "/bucket/lock", "").body()).isEqualTo("held");
  }

  @Test
  void faultsAreSetOverTheControlRoute() throws Exception {
    send(
        "POST",
        "/stand-in/faults",
        """
        {"operation": "DescribeStacks", "call": 2, "fault": "denied"}\
        """);

    stacks.describeStacks(r -> {});
    assertThatThrownBy(() -> stacks.describeStacks(r -> {})).hasMessageContaining("not authorized");
    stacks.describeStacks(r -> {});
    assertThat(send("GET", "/stand-in/calls", "").body()).contains("\"DescribeStacks\":3");
    assertThat(send("POST", "/stand-in/faults", "{\"fault\": \"gremlins\"}").statusCode())
        .isEqualTo(400);
  }

  @Test
  void anAsynchronousRequestToWhatIsNotThereIsRefused() throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(server.url() + "/endpoints/none/async-invocations"))
                .POST(BodyPublishers.noBody())
                .header("X-Amzn-SageMaker-InputLocation", "s3://bucket/in.json")
                .build(),
            BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("Endpoint none").contains("not found");
  }

  @Test
  void anOperationThatIsNotSimulatedIsRefusedByName() throws Exception {
    assertThatThrownBy(() -> stacks.listExports(r -> {}))
        .hasMessageContaining("doesn't know ListExports");
  }

  private void propose() {
    stacks.createChangeSet(
        r ->
            r.stackName("one")
                .changeSetName("first")
                .changeSetType(ChangeSetType.CREATE)
                .templateBody(TEMPLATE));
  }

  private ChangeSetStatus changeSetStatus() {
    return stacks.describeChangeSet(r -> r.stackName("one").changeSetName("first")).status();
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .method(method, BodyPublishers.ofString(body))
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=any/20260301/eu-west-1/s3/aws4_request,"
                    + " SignedHeaders=host, Signature=0")
            .build(),
        BodyHandlers.ofString());
  }
}
