package dev.slipway.local.runtime;

import static dev.slipway.local.runtime.RawHttp.post;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.eventstream.Message;
import software.amazon.eventstream.MessageDecoder;

class StreamingTest {
  private static final int PATIENCE_SECONDS = 30;
  private static final String STREAM = "/endpoints/chat/invocations-response-stream";

  private RunningRuntime running;

  @BeforeEach
  void start(@TempDir Path folder) {
    running =
        new RunningRuntime(
            folder, RuntimeLimits.defaults(), request -> request.answer(200, "text/plain", "x"));
  }

  @AfterEach
  void stop() {
    running.close();
  }

  /** Says one word after the other until its connection is gone. */
  private static void talkForEver(StandInContainer.Request request) throws IOException {
    OutputStream out = request.parts("text/event-stream");
    while (true) {
      request.part(out, "data: word\n\n");
      pause();
    }
  }

  private static void pause() {
    try {
      new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean containerWasLeft() throws InterruptedException {
    return running.container.connectionLost.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void aPartGoesOutBeforeTheNextOneIsMade() throws Exception {
    Semaphore received = new Semaphore(1);
    running.container.behaves(
        request -> {
          try (OutputStream out = request.parts("application/jsonlines")) {
            for (int i = 0; i < 20; i++) {
              acquire(received);
              request.part(out, "part " + i + "\n");
            }
          }
        });
    try (RawHttp http = new RawHttp(running.runtime.url())) {
      http.send(post(STREAM, "X-Amzn-SageMaker-Accept: application/jsonlines\r\n", "{}"));
      String head = http.head();
      assertThat(head)
          .startsWith("HTTP/1.1 200 ")
          .containsIgnoringCase("Content-Type: application/vnd.amazon.eventstream\r\n")
          .containsIgnoringCase("X-Amzn-SageMaker-Content-Type: application/jsonlines\r\n")
          .containsIgnoringCase("x-Amzn-Invoked-Production-Variant: AllTraffic\r\n")
          .containsIgnoringCase("x-amzn-RequestId: ");
      for (int i = 0; i < 20; i++) {
        Message message = message(http);
        assertThat(header(message, ":event-type")).isEqualTo("PayloadPart");
        assertThat(header(message, ":message-type")).isEqualTo("event");
        assertThat(new String(message.getPayload(), StandardCharsets.UTF_8))
            .isEqualTo("part " + i + "\n");
        received.release();
      }
    }
  }

  private static void acquire(Semaphore semaphore) {
    try {
      assertThat(semaphore.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads one HTTP chunk, which holds one message. */
  private static Message message(RawHttp http) throws IOException {
    int length = Integer.parseInt(line(http), 16);
    byte[] bytes = http.read(length);
    assertThat(line(http)).isEmpty();
    return Message.decode(ByteBuffer.wrap(bytes));
  }

  private static String line(RawHttp http) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    InputStream in = http.socket.getInputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      assertThat(b).isNotNegative();
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.US_ASCII);
  }

  @Test
  void whenTheCallerOfAStreamLeavesTheContainersConnectionIsClosed() throws Exception {
    running.container.behaves(StreamingTest::talkForEver);
    try (RawHttp http = new RawHttp(running.runtime.url())) {
      http.send(post(STREAM, "", "{}"));
      http.head();
      message(http);
    }
    assertThat(containerWasLeft()).isTrue();
  }

  @Test
  void whenTheCallerLeavesBeforeTheFirstPartTheContainersConnectionIsClosed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch left = new CountDownLatch(1);
    running.container.behaves(
        request -> {
          asked.countDown();
          awaitBriefly(left);
          talkForEver(request);
        });
    try (RawHttp http = new RawHttp(running.runtime.url())) {
      http.send(post(STREAM, "", "{}"));
      assertThat(asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    left.countDown();
    assertThat(containerWasLeft()).isTrue();
  }

  private static void awaitBriefly(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whenTheCallerOfAWholeAnswerLeavesTheContainersConnectionIsClosedAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    running.container.behaves(
        request -> {
          asked.countDown();
          talkForEver(request);
        });
    try (RawHttp http = new RawHttp(running.runtime.url())) {
      http.send(post("/endpoints/chat/invocations", "", "{}"));
      assertThat(asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    // Far sooner than the 60 s after which it would be given up anyway.
    assertThat(containerWasLeft()).isTrue();
  }

  @Test
  void aSlowWholeAnswerArrivesAlthoughItsCallerIsBeingWatched() throws Exception {
    running.container.behaves(
        request -> {
          try {
            new CountDownLatch(1).await(900, TimeUnit.MILLISECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          request.answer(200, "text/plain", "slow");
        });
    try (RawHttp http = new RawHttp(running.runtime.url())) {
      http.send(post("/endpoints/chat/invocations", "", "{}").replace("Connection: close\r\n", ""));
      assertThat(http.rest())
          .startsWith("HTTP/1.1 200 ")
          .containsIgnoringCase("\r\nConnection: close\r\n")
          .endsWith("\r\n\r\nslow");
    }
  }

  @Test
  void fastAnswersShareOneConnectionOfTheCaller() throws Exception {
    running.container.behaves(request -> request.answer(200, "text/plain", "quick"));
    String request = post("/endpoints/chat/invocations", "", "{}");
    try (RawHttp http = new RawHttp(running.runtime.url())) {
      // The first may be slow enough, on a cold machine, to cost the connection.
      RawHttp.exchange(running.runtime.url(), request);
      for (int i = 0; i < 5; i++) {
        http.send(request.replace("Connection: close\r\n", ""));
        assertThat(http.head()).startsWith("HTTP/1.1 200 ");
        assertThat(http.read(5)).asString().isEqualTo("quick");
      }
    }
  }

  @Test
  void aStreamThatBreaksEndsWithAModelStreamError() throws Exception {
    try (BreakingContainer container = BreakingContainer.afterOnePart("begun")) {
      running.endpoints.put("chat", container.url());
      List<Message> messages = messages(running.runtime.url());
      isError(messages.getLast(), "StreamBroken");
      assertThat(messages.getFirst().getPayload()).asString().isEqualTo("begun");
    }
  }

  @Test
  void aStreamThatIsNotOverInTimeEndsWithAModelStreamError(@TempDir Path folder) throws Exception {
    RuntimeLimits brief =
        RuntimeLimits.defaults().withTimes(Duration.ofSeconds(30), Duration.ofSeconds(1));
    try (RunningRuntime hasty = new RunningRuntime(folder, brief, StreamingTest::talkForEver)) {
      List<Message> messages = messages(hasty.runtime.url());
      isError(messages.getLast(), "ModelInvocationTimeExceeded");
      assertThat(messages).hasSizeGreaterThan(1);
      assertThat(hasty.container.connectionLost.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static String header(Message message, String name) {
    return Objects.requireNonNull(message.getHeaders().get(name), name).getString();
  }

  private static void isError(Message message, String code) {
    assertThat(header(message, ":message-type")).isEqualTo("exception");
    assertThat(header(message, ":exception-type")).isEqualTo("ModelStreamError");
    assertThat(message.getPayload()).asString().contains("\"ErrorCode\":\"" + code + "\"");
  }

  private static List<Message> messages(URI server) throws IOException {
    List<Message> messages = new ArrayList<>();
    MessageDecoder decoder = new MessageDecoder(messages::add);
    try (RawHttp http = new RawHttp(server)) {
      http.send(post(STREAM, "", "{}"));
      http.head();
      for (int length = chunk(http); length > 0; length = chunk(http)) {
        decoder.feed(http.read(length));
        line(http);
      }
    }
    return messages;
  }

  private static int chunk(RawHttp http) throws IOException {
    return Integer.parseInt(line(http), 16);
  }

  @Test
  void anErrorBeforeTheFirstPartIsAModelErrorAndNoStream() throws Exception {
    running.container.behaves(request -> request.answer(503, "text/plain", "busy"));
    assertThat(RawHttp.exchange(running.runtime.url(), post(STREAM, "", "{}")))
        .startsWith("HTTP/1.1 424 ")
        .contains("\"OriginalStatusCode\":503");
  }

  @Test
  void twoHundredAndFiftySixStreamsAtOnceGetEveryByteInOrder() throws Exception {
    int streams = 256;
    int parts = 20;
    CountDownLatch all = new CountDownLatch(streams);
    running.container.behaves(
        request -> {
          all.countDown();
          awaitBriefly(all);
          try (OutputStream out = request.parts("text/plain")) {
            for (int i = 0; i < parts; i++) {
              request.part(out, request.text() + ":" + i + ";");
            }
          }
        });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<String>> callers = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        String name = "s" + i;
        callers.add(() -> text(name));
      }
      List<Future<String>> answers = threads.invokeAll(callers);
      for (int i = 0; i < streams; i++) {
        StringBuilder expected = new StringBuilder();
        for (int part = 0; part < parts; part++) {
          expected.append("s").append(i).append(':').append(part).append(';');
        }
        assertThat(answers.get(i).get()).isEqualTo(expected.toString());
      }
    }
  }

  private String text(String body) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    MessageDecoder decoder = new MessageDecoder(message -> text.writeBytes(message.getPayload()));
    try (RawHttp http = new RawHttp(running.runtime.url())) {
      http.send(post(STREAM, "", body));
      assertThat(http.head()).startsWith("HTTP/1.1 200 ");
      for (int length = chunk(http); length > 0; length = chunk(http)) {
        decoder.feed(http.read(length));
        line(http);
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }
}
