package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipway.aws.wire.Answer;
import dev.slipway.aws.wire.Connections;
import dev.slipway.aws.wire.Event;
import dev.slipway.aws.wire.EventReader;
import dev.slipway.aws.wire.Header;
import dev.slipway.aws.wire.Target;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.EndpointFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeAsyncClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelStreamErrorException;
import software.amazon.awssdk.services.sagemakerruntime.model.ResponseStream;

/** Sends the same to the SDK's client and to ours, and compares what comes of it. */
@Timeout(60)
class SameAsTheSdkTest {
  private static final Duration ENOUGH = Duration.ofSeconds(20);
  private static final Random RANDOM = new Random(20261123);

  private RuntimeStandIn.Script script = call -> call.whole(new byte[0]);
  private final List<Map<String, String>> sent = new ArrayList<>();
  private final RuntimeStandIn standIn;
  private final SdkEventLoopGroup threads = SdkEventLoopGroup.builder().numberOfThreads(1).build();
  private final SageMakerRuntimeAsyncClient sdk;
  private final SageMakerRuntimeClient ours;

  SameAsTheSdkTest() throws IOException {
    standIn =
        new RuntimeStandIn(
            call -> {
              sent.add(request(call));
              script.answer(call);
            });
    sdk =
        SageMakerRuntimeAsyncClient.builder()
            .endpointOverride(standIn.uri())
            .httpClientBuilder(NettyNioAsyncHttpClient.builder().eventLoopGroup(threads))
            .region(Region.EU_WEST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()))
            .build();
    ours = standIn.client();
  }

  @BeforeEach
  void begin() {
    sent.clear();
  }

  @AfterEach
  void closeAll() {
    sdk.close();
    // Its own closing of its threads waits two seconds.
    var unused = threads.eventLoopGroup().shutdownGracefully(0, 0, TimeUnit.SECONDS);
    ours.close();
    standIn.close();
  }

  /** What was asked, without what each client says of itself and what time changes. */
  private static Map<String, String> request(RuntimeStandIn.Call call) {
    Map<String, String> request = new TreeMap<>();
    call.exchange()
        .getRequestHeaders()
        .forEach((name, values) -> request.put(name.toLowerCase(Locale.ROOT), values.toString()));
    for (String own :
        List.of(
            "authorization",
            "amz-sdk-invocation-id",
            "amz-sdk-request",
            "user-agent",
            "x-amz-date")) {
      request.remove(own);
    }
    request.put("", call.exchange().getRequestMethod() + " " + call.exchange().getRequestURI());
    request.put("body", new String(call.body(), StandardCharsets.UTF_8));
    return request;
  }

  private static RuntimeClient.Invocation invocation() {
    return new RuntimeClient.Invocation(
        new EndpointName("chat"),
        Optional.of("part-a"),
        "application/json",
        "text/event-stream",
        "{\"é\":1}".getBytes(StandardCharsets.UTF_8),
        Deadline.in(ENOUGH));
  }

  private void askSdk(boolean streamed) {
    SdkBytes body = SdkBytes.fromByteArray(invocation().body());
    if (streamed) {
      sdk.invokeEndpointWithResponseStream(
              r ->
                  r.endpointName("chat")
                      .inferenceComponentName("part-a")
                      .contentType("application/json")
                      .accept("text/event-stream")
                      .body(body),
              InvokeEndpointWithResponseStreamResponseHandler.builder()
                  .onEventStream(SameAsTheSdkTest::drain)
                  .build())
          .join();
    } else {
      var unused =
          sdk.invokeEndpoint(
                  r ->
                      r.endpointName("chat")
                          .inferenceComponentName("part-a")
                          .contentType("application/json")
                          .accept("text/event-stream")
                          .body(body))
              .join();
    }
  }

  private static void drain(SdkPublisher<ResponseStream> events) {
    var unused = events.subscribe(event -> {});
  }

  private void askOurs(boolean streamed) {
    if (streamed) {
      ours.stream(invocation(), part -> {});
    } else {
      ours.invoke(invocation());
    }
  }

  /** What both make of an error. */
  private record Meaning(
      int status,
      String code,
      String message,
      OptionalInt originalStatus,
      String originalMessage,
      String streamCode,
      boolean throttles) {

    static Meaning of(ServiceError error) {
      return new Meaning(
          error.status(),
          error.code(),
          error.message(),
          error.originalStatus(),
          error.originalMessage(),
          error.streamCode(),
          error.throttles());
    }

    static Meaning of(Throwable thrown) {
      Throwable cause = thrown;
      while (cause instanceof CompletionException wrapper && wrapper.getCause() != null) {
        cause = wrapper.getCause();
      }
      assertThat(cause).isInstanceOf(AwsServiceException.class);
      AwsServiceException error = (AwsServiceException) cause;
      var details = error.awsErrorDetails();
      OptionalInt original = OptionalInt.empty();
      String words = "";
      String streamCode = "";
      if (error instanceof ModelErrorException model) {
        original =
            model.originalStatusCode() == null
                ? OptionalInt.empty()
                : OptionalInt.of(model.originalStatusCode());
        words = text(model.originalMessage());
      } else if (error instanceof ModelStreamErrorException broken) {
        streamCode = text(broken.errorCode());
      }
      return new Meaning(
          error.statusCode(),
          details == null ? "" : text(details.errorCode()),
          details == null ? "" : text(details.errorMessage()),
          original,
          words,
          streamCode,
          error.isThrottlingException());
    }

    private static String text(@org.jspecify.annotations.Nullable String text) {
      return text == null ? "" : text;
    }
  }

  private interface Reading {
    ServiceError read(Answer answer) throws IOException;
  }

  private ServiceError read(Reading reading) throws Exception {
    Connections.Timeouts timeouts = new Connections.Timeouts(ENOUGH, ENOUGH);
    try (Connections client =
            new Connections(
                Target.of(standIn.uri(), Optional.empty()),
                timeouts,
                (SSLSocketFactory) SSLSocketFactory.getDefault());
        Answer answer =
            client.post(
                "/endpoints/chat/invocations",
                List.of(new Header("host", "localhost")),
                new byte[0],
                Deadline.in(ENOUGH))) {
      return reading.read(answer);
    }
  }

  @Test
  void theRequestsAreTheSame() {
    for (boolean streamed : new boolean[] {false, true}) {
      script =
          call -> {
            if (streamed) {
              call.stream().close();
            } else {
              call.whole(new byte[0]);
            }
          };
      sent.clear();
      askSdk(streamed);
      askOurs(streamed);
      assertThat(sent).hasSize(2);
      assertThat(sent.get(1)).isEqualTo(sent.get(0));
    }
  }

  @Test
  void theRequestOfAnAsynchronousAnswerIsTheSame() {
    script =
        call -> {
          call.exchange()
              .getResponseHeaders()
              .set("X-Amzn-SageMaker-OutputLocation", "s3://bucket/out");
          call.exchange()
              .getResponseHeaders()
              .set("X-Amzn-SageMaker-FailureLocation", "s3://bucket/failed");
          call.whole("{\"InferenceId\":\"1\"}".getBytes(StandardCharsets.UTF_8));
        };
    var theirs =
        sdk.invokeEndpointAsync(
                r ->
                    r.endpointName("chat")
                        .inputLocation("s3://bucket/in")
                        .contentType("application/json")
                        .accept("text/plain")
                        .invocationTimeoutSeconds(900))
            .join();
    RuntimeClient.AsyncPlaces places =
        ours.begin(
            new RuntimeClient.AsyncInvocation(
                new EndpointName("chat"),
                "s3://bucket/in",
                "application/json",
                "text/plain",
                Duration.ofMinutes(15)));

    assertThat(sent.get(1)).isEqualTo(sent.get(0));
    assertThat(places.output()).isEqualTo(theirs.outputLocation());
    assertThat(places.failure()).contains(theirs.failureLocation());
  }

  @Test
  void everyErrorIsReadAsTheSdkReadsIt() throws Exception {
    String[] types = {
      "ModelError",
      "ModelNotReadyException",
      "ValidationError",
      "InternalFailure",
      "ServiceUnavailable",
      "InternalDependencyException",
      "ThrottlingException",
      "TooManyRequestsException",
      "SlowDown",
      "RequestLimitExceeded",
      "AccessDeniedException",
      "ExpiredTokenException",
      "UnrecognizedClientException",
      "Strange",
      "ValidationError:http://a/b"
    };
    String[] bodies = {
      "",
      "{}",
      "no JSON",
      "<html>bad gateway</html>",
      "[]",
      "null",
      "{\"Message\":\"Big\"}",
      "{\"message\":\"small\",\"Message\":\"Big\"}",
      "{\"errorMessage\":\"other\"}",
      "{\"__type\":\"com.amazon#Typed\",\"message\":\"small\"}",
      "{\"__type\":\"ValidationError\"}",
      "{\"code\":\"Coded\"}",
      "{\"OriginalStatusCode\":503,\"OriginalMessage\":\"é busy\",\"LogStreamArn\":\"arn\"}"
    };
    int[] statuses = {400, 401, 403, 404, 413, 424, 429, 500, 502, 503, 530};
    for (int i = 0; i < 150; i++) {
      int status = statuses[RANDOM.nextInt(statuses.length)];
      String type = i % 5 == 0 ? "" : types[RANDOM.nextInt(types.length)];
      String body = bodies[RANDOM.nextInt(bodies.length)];
      script = call -> error(call, status, type, body);

      Meaning theirs = Meaning.of(catchThrowable(() -> askSdk(false)));
      ServiceError read = read(ServiceError::of);

      assertThat(comparable(Meaning.of(read)))
          .as("%s %s %s", status, type, body)
          .isEqualTo(comparable(theirs));
    }
  }

  /**
   * A container's words are of use in a {@code ModelError} only, and the SDK knows them only there.
   */
  private static Meaning comparable(Meaning meaning) {
    return meaning.code().equals("ModelError")
        ? meaning
        : new Meaning(
            meaning.status(),
            meaning.code(),
            meaning.message(),
            OptionalInt.empty(),
            "",
            meaning.streamCode(),
            meaning.throttles());
  }

  private static void error(RuntimeStandIn.Call call, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    if (!type.isEmpty()) {
      call.exchange().getResponseHeaders().set("x-amzn-ErrorType", type);
    }
    call.exchange().sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    call.exchange().getResponseBody().write(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ModelStreamError {\"Message\":\"a\",\"ErrorCode\":\"StreamBroken\"}",
        "ModelStreamError {\"ErrorCode\":\"ModelInvocationTimeExceeded\"}",
        "ModelStreamError no JSON",
        "InternalStreamFailure {\"Message\":\"b\"}",
        "Strange {\"message\":\"c\"}",
        "ThrottlingException {}",
      })
  void exceptionsInAStreamAreReadAsTheSdkReadsThem(String exception) throws Exception {
    String type = exception.substring(0, exception.indexOf(' '));
    String json = exception.substring(exception.indexOf(' ') + 1);
    script =
        call -> {
          try (OutputStream stream = call.stream()) {
            RuntimeStandIn.part(stream, new byte[] {'a'});
            RuntimeStandIn.exception(stream, type, json);
          }
        };

    Meaning theirs = Meaning.of(catchThrowable(() -> askSdk(true)));
    ServiceError read =
        read(
            answer -> {
              EventReader events = new EventReader(answer.stream());
              assertThat(events.next().map(Event::payload)).contains(new byte[] {'a'});
              return ServiceError.of(events.next().orElseThrow());
            });

    assertThat(Meaning.of(read)).isEqualTo(theirs);
  }

  @Test
  void aStreamThatIsNoEventStreamFailsWithBoth() {
    script =
        call -> {
          try (OutputStream stream = call.stream()) {
            stream.write(
                "data: plain text, and more of it than a prelude\n\n"
                    .getBytes(StandardCharsets.UTF_8));
          }
        };

    assertThat(catchThrowable(() -> askSdk(true))).isInstanceOf(CompletionException.class);
    assertThat(catchThrowable(() -> askOurs(true)))
        .isInstanceOfSatisfying(
            EndpointFailure.class,
            failure -> {
              assertThat(failure.kind()).isEqualTo(EndpointFailure.Kind.UNAVAILABLE);
              assertThat(failure).hasMessageContaining("the connection to " + standIn.uri());
            });
  }
}
