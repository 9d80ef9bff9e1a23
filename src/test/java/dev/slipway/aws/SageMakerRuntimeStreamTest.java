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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SageMakerRuntimeStreamTest {
  private static final Duration ENOUGH = Duration.ofSeconds(20);
  private static final byte[] KILOBYTES = new byte[16 * 1024];

  private static Invocation invocation(Duration time, String body) {
    return new Invocation(
        new EndpointName("chat"),
        Optional.of("part-a"),
        "application/json",
        "text/event-stream",
        body.getBytes(StandardCharsets.UTF_8),
        Deadline.in(time));
  }

  @Test
  void aSinkThatFailsClosesTheConnection() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (RuntimeStandIn standIn = new RuntimeStandIn(call -> sendUntilClosed(call, closed));
        SageMakerRuntimeClient client = standIn.client()) {
      IllegalStateException gone = new IllegalStateException("the client is gone");

      assertThatThrownBy(
              () ->
                  client.stream(
                      invocation(ENOUGH, "{}"),
                      part -> {
                        throw gone;
                      }))
          .isSameAs(gone);

      assertThat(closed.await(10, TimeUnit.SECONDS)).as("the server saw it").isTrue();
    }
  }

  @Test
  void theEndOfTheDeadlineClosesTheConnection() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (RuntimeStandIn standIn =
            new RuntimeStandIn(afterTheFirst(call -> sendUntilClosed(call, closed)));
        SageMakerRuntimeClient client = standIn.client()) {
      warm(client);

      EndpointFailure failure =
          catchThrowableOfType(
              EndpointFailure.class,
              () -> client.stream(invocation(Duration.ofMillis(600), "{}"), part -> {}));

      assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
      assertThat(closed.await(10, TimeUnit.SECONDS)).as("the server saw it").isTrue();
    }
  }

  @Test
  void anInterruptedReaderClosesTheConnection() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (RuntimeStandIn standIn = new RuntimeStandIn(call -> sendUntilClosed(call, closed));
        SageMakerRuntimeClient client = standIn.client();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> reader =
          threads.submit(() -> client.stream(invocation(ENOUGH, "{}"), part -> begun.countDown()));
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

      reader.cancel(true);

      assertThat(closed.await(10, TimeUnit.SECONDS)).as("the server saw it").isTrue();
    }
  }

  @Test
  void aWholeAnswerThatIsTooLateClosesTheConnection() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (RuntimeStandIn standIn =
            new RuntimeStandIn(
                afterTheFirst(
                    call -> {
                      try {
                        release.await();
                      } catch (InterruptedException stopped) {
                        return;
                      }
                      call.exchange().sendResponseHeaders(200, 0);
                      writeUntilClosed(call.exchange().getResponseBody(), closed);
                    }));
        SageMakerRuntimeClient client = standIn.client()) {
      warm(client);

      EndpointFailure failure =
          catchThrowableOfType(
              EndpointFailure.class, () -> client.invoke(invocation(Duration.ofMillis(600), "{}")));
      release.countDown();

      assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
      assertThat(closed.await(10, TimeUnit.SECONDS)).as("the server saw it").isTrue();
    }
  }

  @Test
  void aSlowReaderSlowsTheServerDown() throws Exception {
    AtomicLong sent = new AtomicLong();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch first = new CountDownLatch(1);
    try (RuntimeStandIn standIn =
            new RuntimeStandIn(
                call -> {
                  try (OutputStream stream = call.stream()) {
                    for (int i = 0; i < 4_000; i++) {
                      RuntimeStandIn.part(stream, KILOBYTES);
                      sent.addAndGet(KILOBYTES.length);
                    }
                  }
                });
        SageMakerRuntimeClient client = standIn.client();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicLong received = new AtomicLong();
      Future<?> reader =
          threads.submit(
              () ->
                  client.stream(
                      invocation(Duration.ofSeconds(50), "{}"),
                      part -> {
                        first.countDown();
                        await(held);
                        received.addAndGet(part.length);
                      }));
      assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();

      long whenStill = untilStill(sent);
      held.countDown();
      reader.get();

      assertThat(whenStill).as("bytes sent to a reader that waits").isLessThan(32L << 20);
      assertThat(received.get()).isEqualTo(4_000L * KILOBYTES.length);
    }
  }

  @Test
  void aHundredStreamsRunAtOnce() throws Exception {
    int streams = 100;
    CountDownLatch all = new CountDownLatch(streams);
    try (RuntimeStandIn standIn =
            new RuntimeStandIn(
                call -> {
                  try (OutputStream stream = call.stream()) {
                    RuntimeStandIn.part(stream, call.body());
                    all.countDown();
                    // Nobody gets a second part before everybody has a stream.
                    await(all);
                    RuntimeStandIn.part(stream, call.body());
                  }
                });
        SageMakerRuntimeClient client = standIn.client();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        String body = "<" + i + ">";
        answers.add(
            threads.submit(
                () -> {
                  ByteArrayOutputStream received = new ByteArrayOutputStream();
                  client.stream(invocation(ENOUGH, body), received::writeBytes);
                  return received.toString(StandardCharsets.UTF_8);
                }));
      }
      for (int i = 0; i < streams; i++) {
        assertThat(answers.get(i).get()).isEqualTo("<" + i + "><" + i + ">");
      }
    }
  }

  /** Answers the first call at once, and the others as a script says. */
  private static RuntimeStandIn.Script afterTheFirst(RuntimeStandIn.Script script) {
    AtomicBoolean first = new AtomicBoolean(true);
    return call -> {
      if (first.getAndSet(false)) {
        call.whole(new byte[] {'a'});
      } else {
        script.answer(call);
      }
    };
  }

  /**
   * Sends a first call: a client's first takes long enough to load that a short deadline could be
   * over before the server is asked, and then there is no connection to close.
   */
  private static void warm(SageMakerRuntimeClient client) {
    assertThat(client.invoke(invocation(ENOUGH, "{}"))).hasSize(1);
  }

  private static void sendUntilClosed(RuntimeStandIn.Call call, CountDownLatch closed)
      throws IOException {
    OutputStream stream = call.stream();
    try {
      while (true) {
        RuntimeStandIn.part(stream, new byte[] {'a'});
        await(new CountDownLatch(1), 2);
      }
    } catch (IOException gone) {
      closed.countDown();
    }
  }

  private static void writeUntilClosed(OutputStream stream, CountDownLatch closed) {
    try {
      while (true) {
        stream.write(KILOBYTES);
        stream.flush();
      }
    } catch (IOException gone) {
      closed.countDown();
    }
  }

  /** Waits until a number has stopped changing, and returns it. */
  private static long untilStill(AtomicLong number) {
    long last = -1;
    for (int still = 0; still < 20; ) {
      await(new CountDownLatch(1), 10);
      long now = number.get();
      still = now == last ? still + 1 : 0;
      last = now;
    }
    return last;
  }

  private static void await(CountDownLatch latch) {
    await(latch, 20_000);
  }

  private static void await(CountDownLatch latch, long milliseconds) {
    try {
      var unused = latch.await(milliseconds, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
