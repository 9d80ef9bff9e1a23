package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.aws.ScriptedAws.Answer;
import dev.slipway.deploy.cloud.Stacks.Proposal;
import dev.slipway.deploy.cloud.Stacks.Template;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.failure.Interrupted;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CloudFailuresTest {
  private static final String STACKS = "<Stacks></Stacks>";

  private static CloudFailure failure(AwsCloud cloud) {
    return catchThrowableOfType(CloudFailure.class, () -> cloud.stacks().find("slipway-chat"));
  }

  @Test
  void expiredCredentialsEndAtOnceAndSayWhatToDo() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(
                call ->
                    Answer.xmlError(
                        403, "ExpiredToken", "The security token do-not-tell is expired"));
        AwsCloud cloud = aws.cloud()) {
      CloudFailure failure = failure(cloud);

      assertThat(failure.kind()).isEqualTo(Kind.CREDENTIALS);
      assertThat(failure.what()).isEqualTo("Cannot read stack \"slipway-chat\"");
      assertThat(failure.why()).contains("have expired");
      assertThat(failure.next()).contains("AWS_ACCESS_KEY_ID").contains("AWS_PROFILE");
      assertThat(failure.sentences()).doesNotContain("do-not-tell");
      assertThat(aws.calls()).hasSize(1);
    }
  }

  @Test
  void anExpiredSignInNamesTheCommandThatRenewsIt(@TempDir Path home) throws IOException {
    Path config = home.resolve("config");
    Files.writeString(
        config,
        """
        [profile work]
        region = eu-west-1
        sso_session = no-such-session-%1$s
        sso_account_id = 123456789012
        sso_role_name = deployer

        [sso-session no-such-session-%1$s]
        sso_region = eu-west-1
        sso_start_url = https://example.invalid/start
        """
            .formatted(System.nanoTime()));
    Map<String, String> environment =
        Map.of(
            "HOME", home.toString(), "AWS_CONFIG_FILE", config.toString(), "AWS_PROFILE", "work");

    try (AwsCloud cloud = AwsCloud.open(Optional.empty(), environment)) {
      CloudFailure failure = failure(cloud);

      assertThat(failure.kind()).isEqualTo(Kind.CREDENTIALS);
      assertThat(failure.next()).isEqualTo("Sign in: aws sso login --profile work");
    }
  }

  @Test
  void withoutCredentialsNothingIsSentAndNothingHangs(@TempDir Path home) throws IOException {
    try (ScriptedAws aws = new ScriptedAws(call -> Answer.xml(call.operation(), STACKS))) {
      Map<String, String> environment = new HashMap<>(aws.environment());
      environment.remove("AWS_ACCESS_KEY_ID");
      environment.put("HOME", home.toString());
      environment.put("AWS_EC2_METADATA_DISABLED", "true");

      try (AwsCloud cloud = AwsCloud.open(Optional.empty(), environment)) {
        CloudFailure failure = failure(cloud);

        assertThat(failure.kind()).isEqualTo(Kind.CREDENTIALS);
        assertThat(failure.next()).contains("AWS_PROFILE").contains("aws sso login");
      }
      environment.put("AWS_PROFILE", "no-such-profile");
      try (AwsCloud cloud = AwsCloud.open(Optional.empty(), environment)) {
        assertThat(failure(cloud).kind()).isEqualTo(Kind.CREDENTIALS);
      }
      assertThat(aws.calls()).isEmpty();
    }
  }

  @Test
  void aDeniedCallNamesTheActionTheResourceAndWhereTheWholePolicyIs() throws IOException {
    String said = "User: arn:aws:iam::123456789012:user/ann is not authorized to perform";
    try (ScriptedAws aws =
            new ScriptedAws(call -> Answer.jsonError(400, "AccessDeniedException", said));
        AwsCloud cloud = aws.cloud()) {
      CloudFailure failure =
          catchThrowableOfType(
              CloudFailure.class, () -> cloud.hosting().endpoint(new EndpointName("chat")));

      assertThat(failure.kind()).isEqualTo(Kind.DENIED);
      assertThat(failure.why())
          .contains("sagemaker:DescribeEndpoint")
          .contains("endpoint \"chat\"")
          .contains(said);
      assertThat(failure.next()).contains("docs/permissions.md");
      assertThat(aws.calls()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, ValidationException, Could not find endpoint \\\"x\\\"., NOT_FOUND",
    "400, ValidationException, Cannot update in-progress endpoint \\\"arn\\\"., CONFLICT",
    "400, ValidationException, 1 validation error detected: instanceCount, INVALID",
    "400, ResourceLimitExceeded, The account-level service limit is 0 Instances, QUOTA",
    "400, ResourceInUse, The component is in use, CONFLICT",
    "400, UnrecognizedClientException, The security token is invalid, CREDENTIALS",
    "400, ExpiredTokenException, The security token has expired, CREDENTIALS",
    "403, Forbidden, No, DENIED",
    "400, ConflictException, Busy, CONFLICT",
    "404, Unknown, No such thing, NOT_FOUND"
  })
  void eachAnswerOfSageMakerHasItsKind(int status, String code, String said, Kind kind)
      throws IOException {
    try (ScriptedAws aws = new ScriptedAws(call -> Answer.jsonError(status, code, said));
        AwsCloud cloud = aws.cloud()) {
      assertThatExceptionOfType(CloudFailure.class)
          .isThrownBy(() -> cloud.hosting().resize(new EndpointName("chat"), "main", 2))
          .satisfies(failure -> assertThat(failure.kind()).isEqualTo(kind));
      assertThat(aws.calls()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Stack with id slipway-chat does not exist, NOT_FOUND",
    "Stack:arn is in UPDATE_IN_PROGRESS state and can not be updated., CONFLICT",
    "CancelUpdateStack cannot be called from current stack status, CONFLICT",
    "Template format error: Unresolved resource dependencies, INVALID",
    "Requires capabilities : [CAPABILITY_NAMED_IAM], INVALID"
  })
  void eachValidationErrorOfCloudFormationHasItsKind(String said, Kind kind) throws IOException {
    try (ScriptedAws aws = new ScriptedAws(call -> Answer.xmlError(400, "ValidationError", said));
        AwsCloud cloud = aws.cloud()) {
      assertThatExceptionOfType(CloudFailure.class)
          .isThrownBy(() -> cloud.stacks().cancelUpdate("slipway-chat", "token"))
          .satisfies(failure -> assertThat(failure.kind()).isEqualTo(kind));
    }
  }

  @Test
  void throttledCallsAreTriedAgainAndThenNamed() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(
                call ->
                    call.number() < 3
                        ? Answer.xmlError(400, "Throttling", "Rate exceeded")
                        : Answer.xml(call.operation(), STACKS));
        AwsCloud cloud = aws.cloud()) {
      assertThat(cloud.stacks().find("slipway-chat")).isEmpty();
      assertThat(aws.calls()).hasSize(3);
    }
    try (ScriptedAws aws =
            new ScriptedAws(call -> Answer.xmlError(400, "Throttling", "Rate exceeded"));
        AwsCloud cloud = AwsCloud.open(Optional.empty(), aws.environment(), hasty(2))) {
      assertThat(failure(cloud).kind()).isEqualTo(Kind.THROTTLED);
      assertThat(failure(cloud).retriable()).isTrue();
    }
  }

  @Test
  void aFailureOfAwsItselfIsTriedAgainAndThenNamed() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(call -> Answer.xmlError(503, "ServiceUnavailable", "later"));
        AwsCloud cloud = AwsCloud.open(Optional.empty(), aws.environment(), hasty(3))) {
      assertThat(failure(cloud).kind()).isEqualTo(Kind.INTERNAL);
      assertThat(aws.calls()).hasSize(3);
    }
  }

  /** Field note 17: deploys that hang. */
  @Test
  void aLostNetworkNeverHangsACall() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      Map<String, String> environment =
          Map.of(
              "AWS_ENDPOINT_URL", "http://127.0.0.1:" + silent.getLocalPort(),
              "AWS_REGION", "eu-west-1",
              "AWS_ACCESS_KEY_ID", "AKID",
              "AWS_SECRET_ACCESS_KEY", "do-not-tell");
      long start = System.nanoTime();
      try (AwsCloud cloud = AwsCloud.open(Optional.empty(), environment, hasty(2))) {
        CloudFailure failure = failure(cloud);

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure.next()).contains("network").contains("eu-west-1");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
    assertThat(Patience.NORMAL.whole()).isLessThan(Duration.ofMinutes(2));
  }

  @Test
  void aPortWhereNothingListensIsUnreachable() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Map<String, String> environment =
        Map.of(
            "AWS_ENDPOINT_URL_CLOUDFORMATION", "http://127.0.0.1:" + port,
            "AWS_REGION", "eu-west-1",
            "AWS_ACCESS_KEY_ID", "AKID",
            "AWS_SECRET_ACCESS_KEY", "do-not-tell");
    try (AwsCloud cloud = AwsCloud.open(Optional.empty(), environment, hasty(2))) {
      assertThat(failure(cloud).kind()).isEqualTo(Kind.UNREACHABLE);
    }
  }

  @Test
  void anAnswerThatWasLostIsAskedForAgainAsTheSameRequest() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(
                call ->
                    call.number() == 1
                        ? new Answer(0, "")
                        : Answer.xml(call.operation(), "<Id>arn</Id>"));
        AwsCloud cloud = aws.cloud()) {
      cloud
          .stacks()
          .propose(
              new Proposal(
                  "slipway-chat",
                  "r1-abc",
                  true,
                  new Template.Body("{}"),
                  Map.of(),
                  Map.of(),
                  "first"));

      assertThat(aws.calls())
          .hasSize(2)
          .allSatisfy(call -> assertThat(call.value("ClientToken")).isEqualTo("r1-abc"));
    }
  }

  @Test
  void anInterruptedCallSaysSoAndLeavesTheThreadInterrupted() throws IOException {
    try (ScriptedAws aws = new ScriptedAws(call -> Answer.xml(call.operation(), STACKS));
        AwsCloud cloud = aws.cloud()) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(Interrupted.class)
          .isThrownBy(() -> cloud.stacks().find("slipway-chat"));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void nothingSecretIsInAFailureNotEvenInItsStackTrace() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(call -> Answer.xmlError(403, "SignatureDoesNotMatch", "no match"));
        AwsCloud cloud = aws.cloud()) {
      StringWriter trace = new StringWriter();
      failure(cloud).printStackTrace(new PrintWriter(trace));

      assertThat(trace.toString()).contains("SignatureDoesNotMatch").doesNotContain("do-not-tell");
    }
  }

  private static Patience hasty(int attempts) {
    return new Patience(
        Duration.ofMillis(300),
        Duration.ofMillis(400),
        Duration.ofMillis(500),
        Duration.ofSeconds(4),
        attempts);
  }
}
