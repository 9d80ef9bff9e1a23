package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ClosingTest {
  @Test
  void closingLetsTheLastAnswersEnd() throws Exception {
    RunningApi api = new RunningApi();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    api.answerer.script =
        (question, progress) -> {
          asked.countDown();
          assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
          return FakeAnswerer.echo(question, progress);
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> answer =
          threads.submit(
              () ->
                  api.send(
                          "POST",
                          "/rag",
                          "{\"query\":\"last\"}",
                          Map.of("Content-Type", "application/json"))
                      .statusCode());
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      int port = api.server.port();
      Future<?> closing = threads.submit(api.server::close);
      RunningApi.await("nobody new gets in", () -> refused(port));
      assertThat(closing.isDone()).isFalse();
      go.countDown();

      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(200);
      closing.get(10, TimeUnit.SECONDS);
    } finally {
      api.close();
    }
  }

  @Test
  void closingWaitsNoLongerThanItsBound() throws Exception {
    RunningApi api =
        new RunningApi(
            RunningApi.WIDE,
            Optional.empty(),
            new ApiServer.Listen("127.0.0.1", 0, Duration.ofMillis(100)));
    AtomicBoolean stopped = new AtomicBoolean();
    CountDownLatch asked = new CountDownLatch(1);
    api.answerer.script =
        (question, progress) -> {
          asked.countDown();
          try {
            new CountDownLatch(1).await();
          } finally {
            stopped.set(true);
          }
          throw new AssertionError("never");
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> asking = threads.submit(() -> api.open("/rag", "{\"query\":\"endless\"}"));
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      long before = System.nanoTime();
      api.server.close();

      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
      RunningApi.await("the answerer is stopped", stopped::get);
      RunningApi.await("its caller hears of it", asking::isDone);
    } finally {
      api.close();
    }
  }

  @Test
  void whoReadsAnAnswerThatIsTooLongForAStopIsToldWhyItEnds() throws Exception {
    RunningApi api =
        new RunningApi(
            RunningApi.WIDE,
            Optional.empty(),
            new ApiServer.Listen("127.0.0.1", 0, Duration.ofMillis(1500)));
    CountDownLatch begun = new CountDownLatch(1);
    api.answerer.script =
        (question, progress) -> {
          progress.token("half an ");
          begun.countDown();
          new CountDownLatch(1).await();
          throw new AssertionError("never");
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> reading =
          threads.submit(
              () ->
                  api.send(
                          "POST",
                          "/rag",
                          "{\"query\":\"endless\",\"stream\":true}",
                          Map.of("Content-Type", "application/json"))
                      .body());
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
      api.server.close();

      assertThat(reading.get(10, TimeUnit.SECONDS))
          .contains("half an ", "event: error\n", "\"status\":503", "stopping");
    } finally {
      api.close();
    }
  }

  @Test
  void aTakenPortIsSaidAtStart() {
    try (RunningApi api = new RunningApi()) {
      assertThatThrownBy(
              () ->
                  new RunningApi(
                      RunningApi.WIDE,
                      Optional.empty(),
                      ApiServer.Listen.loopback(api.server.port())))
          .isInstanceOfSatisfying(
              OperationFailed.class, e -> assertThat(e.code()).isEqualTo("port_in_use"));
    }
  }

  private static boolean refused(int port) {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (java.io.IOException e) {
      return false;
    }
  }
}
