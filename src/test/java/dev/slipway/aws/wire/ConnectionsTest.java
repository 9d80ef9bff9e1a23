package dev.slipway.aws.wire;

import static dev.slipway.aws.wire.ScriptedServer.answering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipway.Eventually;
import dev.slipway.endpoint.Deadline;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionsTest {
  private static final Duration ENOUGH = Duration.ofSeconds(20);
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private static Answer post(Connections client, byte[] body, Duration time)
      throws IOException, InterruptedException {
    return client.post("/a", List.of(new Header("host", "example")), body, Deadline.in(time));
  }

  private static String ask(Connections client) throws IOException, InterruptedException {
    try (Answer answer = post(client, new byte[0], ENOUGH)) {
      return new String(answer.whole(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void aRequestHasItsHeadersItsLengthAndItsBody() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>("");
    try (ScriptedServer server =
            ScriptedServer.start(
                wire -> {
                  seen.set(wire.request().orElse(""));
                  wire.say(OK);
                });
        Connections client = server.client();
        Answer answer = post(client, "body".getBytes(StandardCharsets.UTF_8), ENOUGH)) {
      assertThat(answer.status()).isEqualTo(200);
      assertThat(seen.get())
          .isEqualTo("POST /a HTTP/1.1\r\nhost: example\r\ncontent-length: 4\r\n\r\nbody");
    }
  }

  @Test
  void oneAfterTheOtherUseOneConnection() throws Exception {
    try (ScriptedServer server = answering(OK);
        Connections client = server.client()) {
      for (int i = 0; i < 5; i++) {
        assertThat(ask(client)).isEqualTo("ok");
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void bodiesEndWhereTheirFramingSays() throws Exception {
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (String[] each :
        new String[][] {
          {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", "1"},
          {"HTTP/1.1 200 OK\ncontent-length:5\n\nhello", "hello", "1"},
          {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "", "1"},
          {"HTTP/1.1 204 None\r\n\r\n", "", "1"},
          {"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", "a", "1"},
          {chunked + "5\r\nhello\r\n0\r\n\r\n", "hello", "1"},
          {chunked + "3;x=y\r\nhel\r\n02 \r\nlo\r\n0\r\nTrailer: a\r\n\r\n", "hello", "1"},
          {chunked + "A\r\n0123456789\r\n0\r\n\r\n", "0123456789", "1"},
          {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na", "a", "2"},
          {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", "a", "2"},
        }) {
      try (ScriptedServer server = answering(each[0]);
          Connections client = server.client()) {
        assertThat(ask(client)).as(each[0]).isEqualTo(each[1]);
        assertThat(ask(client)).as(each[0]).isEqualTo(each[1]);
        assertThat(server.connections()).as(each[0]).isEqualTo(Integer.parseInt(each[2]));
      }
    }
  }

  @Test
  void withoutALengthABodyEndsWithItsConnection() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.start(
                wire -> {
                  wire.request();
                  wire.say("HTTP/1.1 200 OK\r\n\r\nhello");
                });
        Connections client = server.client()) {
      assertThat(ask(client)).isEqualTo("hello");
    }
  }

  @Test
  void whatIsNotHttpIsAnErrorAndTakesNoMemory() throws Exception {
    String ok = "HTTP/1.1 200 OK\r\n";
    for (String wrong :
        new String[] {
          "SSH-2.0-OpenSSH\r\n\r\n",
          "HTTP/2 200 OK, or so it says\r\n\r\n",
          "HTTP/1.1 abc OK\r\n\r\n",
          ok + "no colon\r\n\r\n",
          ok + "Content-Length: -1\r\n\r\n",
          ok + "Content-Length: 99999999999999999999\r\n\r\n",
          ok + "Content-Length: 99999999999\r\n\r\n",
          ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          ok + "Transfer-Encoding: gzip\r\n\r\n",
          ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
          ok + "Transfer-Encoding: chunked\r\n\r\n\r\n",
          ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
          ok + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
          ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
          ok + "Content-Length: 5\r\n\r\nhel",
          ok + "A: " + "a".repeat(70_000) + "\r\n\r\n",
          ok + "A: b\r\n".repeat(200) + "\r\n",
          "HTTP/1.1 100 Go on\r\n\r\n".repeat(20),
        }) {
      try (ScriptedServer server =
              ScriptedServer.start(
                  wire -> {
                    wire.request();
                    wire.say(wrong);
                  });
          Connections client = server.client()) {
        assertThatIOException()
            .as(wrong.substring(0, Math.min(60, wrong.length())))
            .isThrownBy(() -> ask(client));
      }
    }
  }

  @Test
  void aConnectionThatTheServerClosedWhileItRestedFailsNoRequest() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.start(
                wire -> {
                  wire.request();
                  wire.say(OK);
                });
        Connections client = server.client()) {
      for (int i = 1; i <= 20; i++) {
        assertThat(ask(client)).isEqualTo("ok");
        assertThat(server.connections()).isEqualTo(i);
      }
    }
  }

  @Test
  void aRequestOnAUsedConnectionIsSentOnceMoreIfNothingCame() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (ScriptedServer server =
            ScriptedServer.start(
                wire -> {
                  wire.request();
                  requests.incrementAndGet();
                  if (wire.number() == 1) {
                    wire.say(OK);
                    // The server closes as the next request arrives.
                    wire.request();
                    requests.incrementAndGet();
                  } else {
                    wire.say(OK);
                  }
                });
        Connections client = server.client()) {
      ask(client);

      assertThat(ask(client)).isEqualTo("ok");
      assertThat(requests.get()).isEqualTo(3);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void aRequestWhoseAnswerHasBegunIsNeverSentAgain() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (ScriptedServer server =
            ScriptedServer.start(
                wire -> {
                  wire.request();
                  requests.incrementAndGet();
                  wire.say(OK);
                  wire.request();
                  requests.incrementAndGet();
                  wire.say("H");
                });
        Connections client = server.client()) {
      ask(client);

      assertThatIOException().isThrownBy(() -> ask(client));
      assertThat(requests.get()).isEqualTo(2);
    }
  }

  @Test
  void aRequestOnANewConnectionIsNeverSentAgain() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(wire -> wire.request());
        Connections client = server.client()) {
      assertThatIOException().isThrownBy(() -> ask(client));
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void anAnswerThatIsNotReadToItsEndClosesTheConnection() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (ScriptedServer server =
            ScriptedServer.start(
                wire -> {
                  wire.request();
                  wire.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na");
                  wire.untilClosed();
                  closed.countDown();
                });
        Connections client = server.client()) {
      try (Answer answer = post(client, new byte[0], ENOUGH)) {
        assertThat(answer.stream().read()).isEqualTo('a');
      }
      assertThat(closed.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aServerThatReadsNothingCanNotHoldALargeRequestPastItsDeadline() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server = ScriptedServer.start(wire -> await(over));
        Connections client = server.client()) {
      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(() -> post(client, new byte[32 << 20], Duration.ofMillis(150)));
    } finally {
      over.countDown();
    }
  }

  @Test
  void aRefusalIsHeardThatComesBeforeTheWholeRequestIsSent() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.start(
                wire -> {
                  wire.say("HTTP/1.1 413 Too large\r\nContent-Length: 3\r\n\r\nbig");
                  wire.socket().shutdownOutput();
                  wire.untilClosed();
                });
        Connections client = server.client();
        Answer answer = post(client, new byte[4 << 20], ENOUGH)) {
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.whole()).asString().isEqualTo("big");
    }
  }

  @Test
  void aSilentServerIsGivenUpAtTheDeadlineAndOneThatDripsToo() throws Exception {
    for (String drip : new String[] {"", "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"}) {
      CountDownLatch over = new CountDownLatch(1);
      try (ScriptedServer server =
              ScriptedServer.start(
                  wire -> {
                    wire.request();
                    wire.say(drip);
                    while (over.getCount() > 0) {
                      wire.say(drip.isEmpty() ? "" : "a");
                      var unused = await(over, 5);
                    }
                  });
          Connections client = server.client()) {
        assertThatExceptionOfType(SocketTimeoutException.class)
            .isThrownBy(
                () -> {
                  try (Answer answer = post(client, new byte[0], Duration.ofMillis(150))) {
                    answer.whole();
                  }
                });
      } finally {
        over.countDown();
      }
    }
  }

  @Test
  void aServerThatFallsSilentIsGivenUpBeforeALongDeadline() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server =
            ScriptedServer.start(
                wire -> {
                  wire.request();
                  wire.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na");
                  await(over);
                });
        Connections client =
            new Connections(
                server.target(),
                new Connections.Timeouts(Duration.ofSeconds(5), Duration.ofMillis(80)),
                (SSLSocketFactory) SSLSocketFactory.getDefault())) {
      assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> ask(client));
    } finally {
      over.countDown();
    }
  }

  @Test
  void aDeadlineThatIsPastClosesNoConnectionThatRests() throws Exception {
    try (ScriptedServer server = answering(OK);
        Connections client = server.client()) {
      ask(client);
      Deadline deadline = Deadline.in(Duration.ofMillis(100));
      try (Answer answer =
          client.post("/a", List.of(new Header("host", "example")), new byte[0], deadline)) {
        answer.whole();
      }
      Eventually.holds("the deadline is past", ENOUGH, deadline::over);

      assertThat(ask(client)).isEqualTo("ok");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void anInterruptEndsTheWaitOfAnyKindOfThread() throws Exception {
    for (Thread.Builder kind : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
      CountDownLatch asked = new CountDownLatch(1);
      CountDownLatch closed = new CountDownLatch(1);
      try (ScriptedServer server =
              ScriptedServer.start(
                  wire -> {
                    wire.request();
                    asked.countDown();
                    wire.untilClosed();
                    closed.countDown();
                  });
          Connections client = server.client()) {
        CompletableFuture<Optional<Throwable>> failure = new CompletableFuture<>();
        Thread waiting =
            kind.start(
                () -> failure.complete(Optional.ofNullable(catchThrowable(() -> ask(client)))));
        await(asked);

        waiting.interrupt();
        waiting.join();

        assertThat(failure.join().orElseThrow()).isInstanceOf(IOException.class);
        await(closed);
        assertThat(server.connections()).as("no second try").isEqualTo(1);
      }
    }
  }

  @Test
  void nothingThatListensIsSaidSo() throws Exception {
    Target target;
    try (ScriptedServer server = answering(OK)) {
      target = server.target();
    }
    try (Connections client = ScriptedServer.client(target)) {
      assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> ask(client));
    }
  }

  @Test
  void closingEndsEveryWaitAndTakesNoMore() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (ScriptedServer server =
        ScriptedServer.start(
            wire -> {
              wire.request();
              asked.countDown();
              wire.untilClosed();
            })) {
      Connections client = server.client();
      CompletableFuture<Optional<Throwable>> failure = new CompletableFuture<>();
      Thread waiting =
          Thread.ofVirtual()
              .start(
                  () -> failure.complete(Optional.ofNullable(catchThrowable(() -> ask(client)))));
      await(asked);

      client.close();
      waiting.join();

      assertThat(failure.join().orElseThrow()).isInstanceOf(IOException.class);
      assertThatIOException().isThrownBy(() -> ask(client)).withMessageContaining("closed");
    }
  }

  @Test
  void atMostSoManyConnectionsRest() throws Exception {
    int streams = Connections.MAX_IDLE + 30;
    AtomicInteger open = new AtomicInteger();
    try (ScriptedServer server =
            ScriptedServer.start(
                wire -> {
                  open.incrementAndGet();
                  while (wire.request().isPresent()) {
                    wire.say(OK);
                  }
                  open.decrementAndGet();
                });
        Connections client = server.client()) {
      List<Answer> answers = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        answers.add(post(client, new byte[0], ENOUGH));
      }
      for (Answer answer : answers) {
        answer.whole();
        answer.close();
      }
      Eventually.holds(
          "the others are closed",
          Duration.ofSeconds(10),
          () -> open.get() == Connections.MAX_IDLE);
    }
  }

  private static void await(CountDownLatch latch) {
    assertThat(await(latch, 20_000)).isTrue();
  }

  private static boolean await(CountDownLatch latch, long milliseconds) {
    try {
      return latch.await(milliseconds, java.util.concurrent.TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
