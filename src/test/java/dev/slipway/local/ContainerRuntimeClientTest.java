package dev.slipway.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipway.Eventually;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import dev.slipway.local.runtime.HostedEndpoints.Hosted;
import dev.slipway.local.runtime.HostedEndpoints.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Asks a stand-in container that answers as each test wants. */
final class ContainerRuntimeClientTest {
  private static final EndpointName NAME = new EndpointName("chat");

  private final HttpServer server;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile Status status = Status.IN_SERVICE;

  ContainerRuntimeClientTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
  }

  @Test
  void theContainersOwnErrorIsTheEndpointsAndItsWordsAreNotRepeated() {
    answers(exchange -> send(exchange, 503, "busy with Quokkamarker"));

    assertThatExceptionOfType(EndpointFailure.class)
        .isThrownBy(() -> client().invoke(question(Duration.ofSeconds(10))))
        .matches(e -> e.kind() == Kind.NOT_READY)
        .matches(e -> !String.valueOf(e.getMessage()).contains("Quokkamarker"));
  }

  @Test
  void whileTheModelLoadsNothingIsAsked() {
    AtomicBoolean asked = new AtomicBoolean();
    answers(exchange -> asked.set(true));
    status = Status.CREATING;

    assertThatExceptionOfType(EndpointFailure.class)
        .isThrownBy(() -> client().invoke(question(Duration.ofSeconds(10))))
        .matches(e -> e.kind() == Kind.NOT_READY && e.retriable());
    assertThat(asked).isFalse();
  }

  @Test
  void aDeadlineEndsAnAnswerThatNeverComesAndOneThatStopsHalfWay() {
    answers(exchange -> awaitTheEnd());
    assertThatExceptionOfType(EndpointFailure.class)
        .isThrownBy(() -> client().invoke(question(Duration.ofMillis(150))))
        .matches(e -> e.kind() == Kind.TIMEOUT);

    answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("data: a\n\n".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          awaitTheEnd();
        });
    StringBuilder said = new StringBuilder();
    assertThatExceptionOfType(EndpointFailure.class)
        .isThrownBy(
            () ->
                client().stream(
                    question(Duration.ofMillis(300)),
                    part -> said.append(new String(part, StandardCharsets.UTF_8))))
        .matches(e -> e.kind() == Kind.TIMEOUT);
    assertThat(said.toString()).isEqualTo("data: a\n\n");
  }

  @Test
  void aListenerThatStopsTheStreamClosesTheConnection() throws Exception {
    AtomicBoolean noticed = new AtomicBoolean();
    answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            while (over.getCount() > 0) {
              out.write(new byte[65_536]);
              out.flush();
            }
          } catch (IOException e) {
            noticed.set(true);
          }
        });

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                client().stream(
                    question(Duration.ofSeconds(10)),
                    part -> {
                      throw new IllegalStateException("enough");
                    }))
        .withMessage("enough");
    Eventually.holds("the container noticed", Duration.ofSeconds(10), noticed::get);
  }

  private void answers(com.sun.net.httpserver.HttpHandler handler) {
    try {
      server.removeContext("/invocations");
    } catch (IllegalArgumentException e) {
      // The first one.
    }
    server.createContext("/invocations", handler);
  }

  private void awaitTheEnd() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int code, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private RuntimeClient client() {
    URI address = URI.create("http://localhost:" + server.getAddress().getPort());
    return new ContainerRuntimeClient(
        () -> new Hosted(NAME, status, address, List.of(), Optional.empty()));
  }

  private static RuntimeClient.Invocation question(Duration time) {
    return new RuntimeClient.Invocation(
        NAME,
        Optional.empty(),
        "application/json",
        "application/json",
        "{}".getBytes(StandardCharsets.UTF_8),
        Deadline.in(time));
  }
}
