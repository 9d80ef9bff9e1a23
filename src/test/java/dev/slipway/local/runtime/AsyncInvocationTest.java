package dev.slipway.local.runtime;

import static dev.slipway.local.runtime.RawHttp.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.local.runtime.HostedEndpoints.Status;
import dev.slipway.local.s3.ObjectServer;
import dev.slipway.local.s3.ObjectStore;
import dev.slipway.local.s3.ObjectUri;
import dev.slipway.local.s3.StoredObject.Description;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AsyncInvocationTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final String PATH = "/endpoints/chat/async-invocations";
  private static final String INPUT = "X-Amzn-SageMaker-InputLocation: s3://inputs/in.json\r\n";

  private RunningRuntime running;
  private ObjectStore store;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    running =
        new RunningRuntime(
            folder,
            RuntimeLimits.defaults(),
            request -> request.answer(200, "text/plain", "got " + request.text()));
    store = running.objects.store();
    store.ensureBucket("inputs");
    store.put(
        new ObjectUri("inputs", "in.json"),
        new ByteArrayInputStream("input".getBytes(StandardCharsets.UTF_8)),
        Description.ofType("application/json"));
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private String invoke(String headers, String body) throws IOException {
    return RawHttp.exchange(running.runtime.url(), post(PATH, headers, body));
  }

  private static ObjectUri location(String answer, String which) {
    Matcher matcher =
        Pattern.compile("X-Amzn-SageMaker-" + which + "Location: (\\S+)", Pattern.CASE_INSENSITIVE)
            .matcher(answer);
    assertThat(matcher.find()).as(answer).isTrue();
    return ObjectUri.parse(matcher.group(1));
  }

  private String text(ObjectUri at) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < deadline) {
      Optional<ObjectStore.OpenObject> found = store.open(at);
      if (found.isPresent()) {
        try (ObjectStore.OpenObject object = found.get()) {
          return new String(object.body().readAllBytes(), StandardCharsets.UTF_8);
        }
      }
      new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
    }
    throw new AssertionError("nothing at " + at);
  }

  @Test
  void theAnswerLiesWhereTheResponseSaid() throws Exception {
    String told = invoke(INPUT + "X-Amzn-SageMaker-Inference-Id: mine\r\n", "");
    assertThat(told).startsWith("HTTP/1.1 202 ").endsWith("{\"InferenceId\":\"mine\"}");
    assertThat(text(location(told, "Output"))).isEqualTo("got input");
    assertThat(store.find(location(told, "Output")).orElseThrow().description().contentType())
        .isEqualTo("text/plain");
    assertThat(store.find(location(told, "Failure"))).isEmpty();
    assertThat(location(told, "Output").toString()).startsWith("s3://slipway-async/answers/");
  }

  @Test
  void theContainerHearsTheContentTypeOfTheRequestElseOfTheObject() throws Exception {
    running.container.behaves(
        request ->
            request.answer(
                200,
                "text/plain",
                request.headers().getFirst("Content-Type")
                    + " "
                    + request.headers().getFirst("Accept")
                    + " "
                    + request.headers().getFirst("X-Amzn-SageMaker-Custom-Attributes")));
    assertThat(text(location(invoke(INPUT, ""), "Output"))).startsWith("application/json ");
    String told =
        invoke(
            INPUT
                + "X-Amzn-SageMaker-Content-Type: text/csv\r\nX-Amzn-SageMaker-Accept: text/x\r\n"
                + "X-Amzn-SageMaker-Custom-Attributes: a=b\r\n",
            "");
    assertThat(text(location(told, "Output"))).isEqualTo("text/csv text/x a=b");
  }

  @Test
  void aShortInputMayComeWithTheRequestAndIsDeletedAfterwards() throws Exception {
    String told = invoke("", "inline");
    assertThat(text(location(told, "Output"))).isEqualTo("got inline");
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    ObjectUri inputs = RunningRuntime.OUTPUT.below("inputs/");
    while (!store.list(inputs).isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(store.list(inputs)).isEmpty();
    assertThat(invoke("", "x".repeat(128_001))).startsWith("HTTP/1.1 400 ").contains("128000");
    assertThat(invoke(INPUT, "both")).startsWith("HTTP/1.1 400 ").contains("not both");
    assertThat(invoke("", "")).startsWith("HTTP/1.1 400 ").contains("'inputLocation'");
  }

  @Test
  void theContainersErrorLiesAtTheFailureLocation() throws Exception {
    running.container.behaves(request -> request.answer(500, "text/plain", "broken"));
    String told = invoke(INPUT, "");
    assertThat(text(location(told, "Failure")))
        .contains("\"OriginalMessage\":\"broken\"")
        .contains("\"OriginalStatusCode\":500");
    assertThat(store.find(location(told, "Output"))).isEmpty();
  }

  @Test
  void anInputThatIsNotThereIsAFailure() throws Exception {
    String told = invoke("X-Amzn-SageMaker-InputLocation: s3://inputs/none\r\n", "");
    assertThat(text(location(told, "Failure"))).contains("no object at the InputLocation");
  }

  @Test
  void anAnswerThatTakesTooLongIsAFailure() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    running.container.behaves(
        request -> {
          try {
            assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    String told = invoke(INPUT + "X-Amzn-SageMaker-InvocationTimeoutSeconds: 1\r\n", "");
    assertThat(text(location(told, "Failure"))).contains("timed out");
    over.countDown();
  }

  @Test
  void theRequestChoosesTheNameOfItsAnswer() throws Exception {
    String told =
        invoke(
            INPUT
                + "X-Amzn-SageMaker-S3OutputPathExtension: a/b\r\n"
                + "X-Amzn-SageMaker-Filename: c.json\r\n",
            "");
    assertThat(location(told, "Output"))
        .isEqualTo(new ObjectUri("slipway-async", "answers/a/b/c.json"));
    assertThat(text(location(told, "Output"))).isEqualTo("got input");
  }

  @Test
  void valuesOutsideTheServiceModelAreValidationErrors() throws Exception {
    for (String header :
        List.of(
            "X-Amzn-SageMaker-RequestTTLSeconds: 59",
            "X-Amzn-SageMaker-RequestTTLSeconds: 21601",
            "X-Amzn-SageMaker-InvocationTimeoutSeconds: 0",
            "X-Amzn-SageMaker-InvocationTimeoutSeconds: 3601",
            "X-Amzn-SageMaker-InvocationTimeoutSeconds: soon",
            "X-Amzn-SageMaker-Filename: ../x",
            "X-Amzn-SageMaker-S3OutputPathExtension: s3:x")) {
      assertThat(invoke(INPUT + header + "\r\n", ""))
          .as(header)
          .startsWith("HTTP/1.1 400 ")
          .contains("ValidationError");
    }
    assertThat(invoke("X-Amzn-SageMaker-InputLocation: ftp://inputs/x\r\n", ""))
        .startsWith("HTTP/1.1 400 ");
    assertThat(
            RawHttp.exchange(
                running.runtime.url(), post("/endpoints/none/async-invocations", INPUT, "")))
        .contains("Endpoint none of account 000000000000 not found.");
  }

  @Test
  void aRequestWaitsForAnEndpointThatIsBeingCreated() throws Exception {
    URI container = running.container.url();
    running.endpoints.put("chat", Status.CREATING, container, Optional.empty());
    String told = invoke(INPUT, "");
    assertThat(told).startsWith("HTTP/1.1 202 ");
    assertThat(running.container.requests).hasValue(0);
    running.endpoints.put("chat", container);
    assertThat(text(location(told, "Output"))).isEqualTo("got input");
  }

  @Test
  void aRequestThatWaitsOutlivesTheServer(@TempDir Path other) throws Exception {
    StandInContainer container =
        new StandInContainer(request -> request.answer(200, "text/plain", "late"));
    FixedEndpoints endpoints =
        new FixedEndpoints().put("chat", Status.CREATING, container.url(), Optional.empty());
    String told;
    try (container) {
      try (ObjectServer objects = ObjectServer.start(other.resolve("s3"), 0);
          RuntimeServer first = start(endpoints, objects, other)) {
        told = RawHttp.exchange(first.url(), post(PATH, "", "question"));
      }
      endpoints.put("chat", container.url());
      try (ObjectServer objects = ObjectServer.start(other.resolve("s3"), 0);
          RuntimeServer second = start(endpoints, objects, other)) {
        assertThat(second.url()).isNotNull();
        store = objects.store();
        assertThat(text(location(told, "Output"))).isEqualTo("late");
      }
    }
  }

  private static RuntimeServer start(FixedEndpoints endpoints, ObjectServer objects, Path folder) {
    return RuntimeServer.start(
        endpoints,
        objects.store(),
        RunningRuntime.OUTPUT,
        RuntimeLimits.defaults(),
        0,
        folder.resolve("async"));
  }

  @Test
  void tooManyThatWaitAreServiceUnavailable(@TempDir Path other) throws Exception {
    RuntimeLimits defaults = RuntimeLimits.defaults();
    RuntimeLimits few =
        new RuntimeLimits(
            1000, defaults.whole(), defaults.streamed(), defaults.asyncAnswer(), 1, 1);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    try (RunningRuntime busy =
        new RunningRuntime(
            other,
            few,
            request -> {
              begun.countDown();
              try {
                assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              request.answer(200, "text/plain", "done");
            })) {
      URI url = busy.runtime.url();
      assertThat(RawHttp.exchange(url, post(PATH, "", "a"))).startsWith("HTTP/1.1 202 ");
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(RawHttp.exchange(url, post(PATH, "", "b"))).startsWith("HTTP/1.1 202 ");
      assertThat(RawHttp.exchange(url, post(PATH, "", "c")))
          .startsWith("HTTP/1.1 503 ")
          .contains("ServiceUnavailable");
      over.countDown();
    }
  }
}
