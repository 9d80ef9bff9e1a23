package dev.slipway.local.runtime;

import static dev.slipway.local.runtime.RawHttp.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.local.runtime.HostedEndpoints.Status;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeErrorsTest {
  private static final RuntimeLimits LIMITS = RuntimeLimits.defaults().withBodyBytes(1000);

  private RunningRuntime running;

  @BeforeEach
  void start(@TempDir Path folder) {
    running =
        new RunningRuntime(folder, LIMITS, request -> request.answer(200, "text/plain", "hello"));
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private String invoke(String name, String headers, String body) throws IOException {
    return RawHttp.exchange(
        running.runtime.url(), post("/endpoints/" + name + "/invocations", headers, body));
  }

  private static void isError(String answer, int status, String type, String words) {
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    assertThat(answer).containsIgnoringCase("\r\nx-amzn-ErrorType: " + type + "\r\n");
    assertThat(answer).containsIgnoringCase("\r\nx-amzn-RequestId: ");
    assertThat(answer).containsIgnoringCase("\r\nContent-Type: application/json\r\n");
    assertThat(answer).contains(words);
  }

  @Test
  void anUnknownEndpointIsAValidationErrorInSageMakersWords() throws IOException {
    isError(
        invoke("none", "", "{}"),
        400,
        "ValidationError",
        "{\"Message\":\"Endpoint none of account 000000000000 not found.\"}");
  }

  @Test
  void aNameThatNoEndpointCanHaveIsAValidationError() throws IOException {
    isError(invoke("a_b", "", "{}"), 400, "ValidationError", "'endpointName'");
    isError(invoke("%2e%2e", "", "{}"), 400, "ValidationError", "'endpointName'");
  }

  @Test
  void anUnsignedRequestHasNoAuthenticationToken() throws IOException {
    String request = post("/endpoints/chat/invocations", "", "{}").replace(RawHttp.SIGNED, "");
    isError(
        RawHttp.exchange(running.runtime.url(), request),
        403,
        "MissingAuthenticationTokenException",
        "Missing Authentication Token");
    assertThat(running.container.requests).hasValue(0);
  }

  @Test
  void theContainersErrorIsAModelErrorWithItsStatusAndItsWords() throws IOException {
    running.container.behaves(request -> request.answer(418, "text/plain", "short \"and\" stout"));
    isError(
        invoke("chat", "", "{}"),
        424,
        "ModelError",
        "\"OriginalMessage\":\"short \\\"and\\\" stout\",\"OriginalStatusCode\":418");
    running.container.behaves(request -> request.answer(500, "text/plain", "x".repeat(100_000)));
    isError(
        invoke("chat", "", "{}"),
        424,
        "ModelError",
        "\"OriginalMessage\":\"" + "x".repeat(2048) + "\",\"OriginalStatusCode\":500");
  }

  @Test
  void anAnswerThatTakesTooLongIsAModelErrorWithoutAStatus(@TempDir Path folder)
      throws IOException {
    CountDownLatch over = new CountDownLatch(1);
    RuntimeLimits brief = LIMITS.withTimes(Duration.ofMillis(300), Duration.ofMillis(300));
    try (RunningRuntime hasty = new RunningRuntime(folder, brief, request -> await(over))) {
      String request = post("/endpoints/chat/invocations", "", "{}");
      isError(
          RawHttp.exchange(hasty.runtime.url(), request),
          424,
          "ModelError",
          "\"OriginalStatusCode\":0");
      hasty.container.behaves(
          late -> {
            late.part(late.parts("text/plain"), "begun");
            await(over);
          });
      isError(RawHttp.exchange(hasty.runtime.url(), request), 424, "ModelError", "timed out");
    } finally {
      over.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aContainerThatIsNotThereIsServiceUnavailable() throws IOException {
    running.endpoints.put("gone", URI.create("http://127.0.0.1:1"));
    isError(invoke("gone", "", "{}"), 503, "ServiceUnavailable", "does not answer");
  }

  @Test
  void aContainerThatHangsUpIsAModelError() throws IOException {
    running.container.behaves(
        request -> {
          request.exchange().sendResponseHeaders(200, 100);
          request.exchange().getResponseBody().write(1);
          throw new IOException("hangs up");
        });
    isError(invoke("chat", "", "{}"), 424, "ModelError", "closed the connection");
  }

  @Test
  void aBodyOverTheLimitIsRefusedAndOneAtTheLimitIsNot() throws IOException {
    isError(
        invoke("chat", "", "x".repeat(1001)),
        400,
        "ValidationError",
        "Member must have length less than or equal to 1000");
    assertThat(invoke("chat", "", "x".repeat(1000))).startsWith("HTTP/1.1 200 ");
    String chunk = "3e9\r\n" + "x".repeat(1001) + "\r\n0\r\n\r\n";
    isError(
        RawHttp.exchange(
            running.runtime.url(),
            post("/endpoints/chat/invocations", "Transfer-Encoding: chunked\r\n", "")
                    .replace("Content-Length: 0\r\n", "")
                + chunk),
        400,
        "ValidationError",
        "'body'");
  }

  @Test
  void anAnswerOverTheLimitIsAModelError() throws IOException {
    running.container.behaves(request -> request.answer(200, "text/plain", "x".repeat(1001)));
    isError(invoke("chat", "", "{}"), 424, "ModelError", "longer than 1000 bytes");
  }

  @Test
  void theEndpointsStatusDecidesWhichErrorItIs() throws IOException {
    URI container = running.container.url();
    running.endpoints.put("e", Status.CREATING, container, Optional.empty());
    isError(invoke("e", "", "{}"), 429, "ModelNotReadyException", "Creating");
    running.endpoints.put("e", Status.UPDATING, container, Optional.empty());
    isError(invoke("e", "", "{}"), 503, "ServiceUnavailable", "Updating");
    running.endpoints.put("e", Status.FAILED, container, Optional.of("no memory"));
    isError(invoke("e", "", "{}"), 400, "ValidationError", "is Failed: no memory");
    running.endpoints.put("e", Status.DELETING, container, Optional.empty());
    isError(invoke("e", "", "{}"), 400, "ValidationError", "is Deleting");
    assertThat(running.container.requests).hasValue(0);
  }

  @Test
  void anEndpointOfComponentsWantsOneThatItHosts() throws IOException {
    running.endpoints.put("parts", running.container.url(), "one", "two");
    isError(invoke("parts", "", "{}"), 400, "ValidationError", "header is required");
    isError(
        invoke("parts", "X-Amzn-SageMaker-Inference-Component: three\r\n", "{}"),
        400,
        "ValidationError",
        "three");
    isError(
        invoke("chat", "X-Amzn-SageMaker-Inference-Component: one\r\n", "{}"),
        400,
        "ValidationError",
        "hosts no inference components");
    assertThat(invoke("parts", "X-Amzn-SageMaker-Inference-Component: two\r\n", "{}"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aVariantThatIsNotThereIsAValidationError() throws IOException {
    isError(
        invoke("chat", "X-Amzn-SageMaker-Target-Variant: blue\r\n", "{}"),
        400,
        "ValidationError",
        "blue");
    assertThat(invoke("chat", "X-Amzn-SageMaker-Target-Variant: AllTraffic\r\n", "{}"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void whatIsNoOperationIsUnknown() throws IOException {
    for (String path : new String[] {"/", "/endpoints/chat", "/endpoints/chat/invocations/x"}) {
      isError(
          RawHttp.exchange(running.runtime.url(), post(path, "", "{}")),
          404,
          "UnknownOperationException",
          "{}");
    }
    isError(
        RawHttp.exchange(
            running.runtime.url(),
            post("/endpoints/chat/invocations", "", "").replace("POST", "GET")),
        404,
        "UnknownOperationException",
        "{}");
  }

  @Test
  void bytesThatAreNotHttpGetAnErrorThatSaysNoMore() throws IOException {
    isError(
        RawHttp.exchange(running.runtime.url(), "hello\r\n\r\n"),
        400,
        "SerializationException",
        "{\"Message\":\"The HTTP request can't be read.\"}");
  }
}
