package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.RuntimeClient.Invocation;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SageMakerRuntimeClientTest {
  private static final Duration ENOUGH = Duration.ofSeconds(20);

  private static Invocation invocation(Duration time, String body) {
    return new Invocation(
        new EndpointName("chat"),
        Optional.of("part-a"),
        "application/json",
        "text/event-stream",
        body.getBytes(StandardCharsets.UTF_8),
        Deadline.in(time));
  }

  private static EndpointFailure failureOf(RuntimeStandIn.Script script, boolean streamed)
      throws IOException {
    try (RuntimeStandIn standIn = new RuntimeStandIn(script);
        SageMakerRuntimeClient client = standIn.client()) {
      return catchThrowableOfType(
          EndpointFailure.class,
          () -> {
            if (streamed) {
              client.stream(invocation(ENOUGH, "{}"), part -> {});
            } else {
              client.invoke(invocation(ENOUGH, "{}"));
            }
          });
    }
  }

  @Test
  void sendsTheBodyAndTheHeadersOfSageMaker() throws IOException {
    try (RuntimeStandIn standIn = new RuntimeStandIn(call -> call.whole(call.body()));
        SageMakerRuntimeClient client = standIn.client()) {
      assertThat(client.invoke(invocation(ENOUGH, "{\"é\":1}")))
          .asString(StandardCharsets.UTF_8)
          .isEqualTo("{\"é\":1}");

      assertThat(standIn.paths()).containsExactly("/endpoints/chat/invocations");
      assertThat(standIn.header("Content-type")).isEqualTo("application/json");
      assertThat(standIn.header("Accept")).isEqualTo("text/event-stream");
      assertThat(standIn.header("X-amzn-sagemaker-inference-component")).isEqualTo("part-a");
      assertThat(standIn.header("Authorization"))
          .startsWith("AWS4-HMAC-SHA256 Credential=local/")
          .contains("/eu-west-1/sagemaker/");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | ValidationError | Endpoint chat of account 1 not found. | NOT_FOUND",
        "400 | ValidationError | Inference Component has no capacity  | NOT_READY",
        "400 | ValidationError | 1 validation error detected          | INVALID_REQUEST",
        "429 | ModelNotReadyException | loading                       | NOT_READY",
        "503 | ServiceUnavailable | away                              | UNAVAILABLE",
        "500 | InternalFailure | failed                               | UNAVAILABLE",
        "530 | InternalDependencyException | failed                   | UNAVAILABLE",
        "400 | ThrottlingException | Rate exceeded                    | UNAVAILABLE",
        "429 | TooManyRequestsException | Rate exceeded               | UNAVAILABLE",
        "403 | ExpiredTokenException | expired                        | DENIED",
        "400 | ExpiredTokenException | expired                        | DENIED",
        "403 | AccessDeniedException | no                             | DENIED",
        "403 | InvalidSignatureException | no                         | DENIED",
        "413 | RequestEntityTooLarge | no                             | INVALID_REQUEST",
        "502 | | bad gateway                                          | UNAVAILABLE"
      })
  void everyErrorOfTheServiceHasItsKind(int status, String type, String message, Kind kind)
      throws IOException {
    String json = "{\"Message\":\"" + message + "\",\"message\":\"" + message + "\"}";
    for (boolean streamed : new boolean[] {false, true}) {
      EndpointFailure failure =
          failureOf(call -> call.error(status, type == null ? "" : type, json), streamed);
      assertThat(failure.kind()).as("streamed: %s, %s", streamed, failure).isEqualTo(kind);
      assertThat(failure.next()).isNotBlank();
    }
  }

  @ParameterizedTest
  @CsvSource({"400, INVALID_REQUEST", "503, NOT_READY", "500, MODEL_ERROR", "504, TIMEOUT"})
  void aModelErrorMeansWhatTheContainersStatusSays(int original, Kind kind) throws IOException {
    String json =
        """
        {"Message": "Received error from primary with message \\"my secret prompt\\"",
         "OriginalStatusCode": %d, "OriginalMessage": "my secret prompt"}
        """
            .formatted(original);

    EndpointFailure failure = failureOf(call -> call.error(424, "ModelError", json), false);

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.originalStatus()).hasValue(original);
    StringWriter printed = new StringWriter();
    failure.printStackTrace(new PrintWriter(printed));
    assertThat(printed.toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "ModelStreamError, StreamBroken, MODEL_ERROR",
    "ModelStreamError, ModelInvocationTimeExceeded, TIMEOUT",
    "InternalStreamFailure, '', UNAVAILABLE"
  })
  void anErrorInTheStreamComesAfterItsParts(String type, String code, Kind kind)
      throws IOException {
    String json = "{\"Message\":\"my secret prompt\",\"ErrorCode\":\"" + code + "\"}";
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    try (RuntimeStandIn standIn =
            new RuntimeStandIn(
                call -> {
                  try (OutputStream stream = call.stream()) {
                    RuntimeStandIn.part(stream, new byte[] {'a'});
                    RuntimeStandIn.exception(stream, type, json);
                  }
                });
        SageMakerRuntimeClient client = standIn.client()) {

      EndpointFailure failure =
          catchThrowableOfType(
              EndpointFailure.class,
              () -> client.stream(invocation(ENOUGH, "{}"), received::writeBytes));

      assertThat(failure.kind()).isEqualTo(kind);
      assertThat(failure).hasMessageNotContaining("secret");
      assertThat(received.toByteArray()).containsExactly('a');
      assertThat(standIn.calls()).as("a stream that has begun is not repeated").isEqualTo(1);
    }
  }

  @Test
  void eachCallIsOneRequestAndSaysWhenTheServiceWantsTheNext() throws IOException {
    try (RuntimeStandIn standIn =
            new RuntimeStandIn(
                call -> {
                  call.exchange().getResponseHeaders().set("Retry-After", "7");
                  call.error(503, "ServiceUnavailable", "{\"Message\":\"away\"}");
                });
        SageMakerRuntimeClient client = standIn.client()) {
      EndpointFailure failure =
          catchThrowableOfType(
              EndpointFailure.class, () -> client.invoke(invocation(ENOUGH, "{}")));

      assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
      assertThat(failure.retryAfter()).contains(Duration.ofSeconds(7));
      assertThat(standIn.calls()).as("trying again is not for the adapter").isEqualTo(1);
    }
  }

  @Test
  void doesNotTryAgainWhatCanNotWork() throws IOException {
    try (RuntimeStandIn standIn =
            new RuntimeStandIn(
                call -> call.error(400, "ValidationError", "{\"Message\":\"not found\"}"));
        SageMakerRuntimeClient client = standIn.client()) {
      assertThatThrownBy(() -> client.invoke(invocation(ENOUGH, "{}")))
          .isInstanceOf(EndpointFailure.class);
      assertThat(standIn.calls()).isEqualTo(1);
    }
  }

  @Test
  void aRefusedConnectionSaysWhereNothingAnswers() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    URI address = URI.create("http://127.0.0.1:" + port);
    try (SageMakerRuntimeClient client =
        SageMakerRuntimeClient.at(address, "eu-west-1", "local", "local")) {
      EndpointFailure failure =
          catchThrowableOfType(
              EndpointFailure.class, () -> client.invoke(invocation(ENOUGH, "{}")));

      assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
      assertThat(failure).hasMessageContaining(address.toString());
    }
  }

  @Test
  void theStandardEnvironmentSaysWhereToCall() throws IOException {
    try (RuntimeStandIn standIn = new RuntimeStandIn(call -> call.whole(call.body()))) {
      AwsEnvironment environment =
          AwsEnvironment.of(
              Optional.empty(),
              Map.of(
                  "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", standIn.uri().toString(),
                  "AWS_ENDPOINT_URL", "http://127.0.0.1:1",
                  "AWS_REGION", "eu-central-1",
                  "AWS_ACCESS_KEY_ID", "mine",
                  "AWS_SECRET_ACCESS_KEY", "mine"));

      try (SageMakerRuntimeClient client = SageMakerRuntimeClient.in(environment)) {
        client.invoke(invocation(ENOUGH, "{}"));
      }

      assertThat(standIn.header("Authorization"))
          .contains("Credential=mine/")
          .contains("/eu-central-1/");
    }
  }
}
