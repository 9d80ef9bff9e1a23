package dev.slipway.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeAsyncClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelStreamErrorException;

class SdkInvocationTest {
  private RunningRuntime running;
  private SageMakerRuntimeAsyncClient client;

  @BeforeEach
  void start(@TempDir Path folder) {
    running =
        new RunningRuntime(
            folder, RuntimeLimits.defaults(), request -> request.answer(200, "text/plain", "x"));
    client =
        SageMakerRuntimeAsyncClient.builder()
            .endpointOverride(running.runtime.url())
            .region(Region.EU_WEST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
            .overrideConfiguration(o -> o.retryStrategy(r -> r.maxAttempts(1)))
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    running.close();
  }

  @Test
  void aWholeInvocationCarriesWhatTheCallerSays() {
    running.container.behaves(
        request -> {
          var headers = request.headers();
          request
              .exchange()
              .getResponseHeaders()
              .set("X-Amzn-SageMaker-Custom-Attributes", "trace=2");
          request
              .exchange()
              .getResponseHeaders()
              .set("X-Amzn-SageMaker-New-Session-Id", "s1; Expires=2030-01-01T00:00:00Z");
          request.answer(
              200,
              "application/json",
              String.join(
                  " ",
                  headers.getFirst("Content-Type"),
                  headers.getFirst("Accept"),
                  headers.getFirst("X-Amzn-SageMaker-Custom-Attributes"),
                  headers.getFirst("X-Amzn-SageMaker-Session-Id"),
                  headers.getFirst("X-Amzn-SageMaker-Inference-Id"),
                  String.valueOf(headers.getFirst("Authorization")),
                  request.text()));
        });
    var answer =
        client
            .invokeEndpoint(
                r ->
                    r.endpointName("chat")
                        .contentType("text/csv")
                        .accept("application/json")
                        .customAttributes("trace=1")
                        .sessionId("NEW_SESSION")
                        .inferenceId("i1")
                        .targetVariant("AllTraffic")
                        .body(SdkBytes.fromUtf8String("Grüße")))
            .join();
    assertThat(answer.body().asUtf8String())
        .isEqualTo("text/csv application/json trace=1 NEW_SESSION i1 null Grüße");
    assertThat(answer.contentType()).isEqualTo("application/json");
    assertThat(answer.customAttributes()).isEqualTo("trace=2");
    assertThat(answer.newSessionId()).startsWith("s1;");
    assertThat(answer.invokedProductionVariant()).isEqualTo("AllTraffic");
    assertThat(answer.responseMetadata().requestId()).isNotBlank();
  }

  @Test
  void aModelErrorHasTheContainersStatusAndMessage() {
    running.container.behaves(request -> request.answer(422, "text/plain", "bad input"));
    assertThatThrownBy(
            () ->
                client
                    .invokeEndpoint(r -> r.endpointName("chat").body(SdkBytes.fromUtf8String("{}")))
                    .join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ModelErrorException.class,
            e -> {
              assertThat(e.originalStatusCode()).isEqualTo(422);
              assertThat(e.originalMessage()).isEqualTo("bad input");
              assertThat(e.logStreamArn()).endsWith(":log-group:/aws/sagemaker/Endpoints/chat");
              assertThat(e.statusCode()).isEqualTo(424);
            });
  }

  @Test
  void aStreamArrivesWholeAndItsBreakIsAnException() throws IOException {
    running.container.behaves(
        request -> {
          OutputStream out = request.parts("text/event-stream");
          for (String part : List.of("data: a", "\n", "\ndata: b\n\n")) {
            request.part(out, part);
          }
          out.close();
        });
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    stream("whole", text).join();
    assertThat(text.toString(StandardCharsets.UTF_8)).isEqualTo("data: a\n\ndata: b\n\n");
    try (BreakingContainer container = BreakingContainer.afterOnePart("begun")) {
      running.endpoints.put("chat", container.url());
      assertThatThrownBy(() -> stream("break", new ByteArrayOutputStream()).join())
          .rootCause()
          .isInstanceOfSatisfying(
              ModelStreamErrorException.class,
              e -> assertThat(e.errorCode()).isEqualTo("StreamBroken"));
    }
  }

  private java.util.concurrent.CompletableFuture<Void> stream(
      String body, ByteArrayOutputStream text) {
    return client.invokeEndpointWithResponseStream(
        InvokeEndpointWithResponseStreamRequest.builder()
            .endpointName("chat")
            .body(SdkBytes.fromUtf8String(body))
            .build(),
        InvokeEndpointWithResponseStreamResponseHandler.builder()
            .subscriber(
                InvokeEndpointWithResponseStreamResponseHandler.Visitor.builder()
                    .onPayloadPart(part -> text.writeBytes(part.bytes().asByteArray()))
                    .build())
            .build());
  }

  @Test
  void anAsynchronousInvocationSaysWhereItsAnswerWillBe() {
    var answer =
        client
            .invokeEndpointAsync(r -> r.endpointName("chat").inputLocation("s3://slipway-async/in"))
            .join();
    assertThat(answer.inferenceId()).isNotBlank();
    assertThat(answer.outputLocation()).startsWith("s3://slipway-async/answers/").endsWith(".out");
    assertThat(answer.failureLocation()).endsWith("-error.out");
  }
}
