package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.manifest.ApiSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeavingClientsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/rag|{'query':'x','stream':true}",
        "/v1/chat/completions|"
            + "{'model':'llm-twin','stream':true,'messages':[{'role':'user','content':'x'}]}"
      })
  void stopTheMakingOfTheirText(String path, String body) throws IOException {
    try (RunningApi api = new RunningApi()) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      api.answerer.script =
          (question, progress) -> {
            try {
              while (true) {
                progress.token("on and on ");
              }
            } catch (RuntimeException e) {
              thrown.set(e);
              throw e;
            }
          };
      try (Socket socket = api.connect()) {
        ask(socket, path, body.replace('\'', '"'));
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        assertThat(reader.readLine()).isEqualTo("HTTP/1.1 200 OK");
        while (!reader.readLine().contains("on and on")) {
          // The head and the first events.
        }
      }

      RunningApi.await("the answerer hears of it", () -> thrown.get() != null);
      assertThat(thrown.get()).isInstanceOf(ClientGone.class);
      RunningApi.await(
          "it is counted",
          () -> api.metric("slipway_streams_cancelled_total{route=\"" + path + "\"}") == 1);
      assertThat(
              api.metric(
                  "slipway_http_requests_total{method=\"POST\",route=\""
                      + path
                      + "\",status=\"499\"}"))
          .isEqualTo(1);
      assertThat(api.metric("slipway_questions_in_flight")).isZero();
      assertThat(api.get("/health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void thatStopReadingHoldNoPlaceForever() throws IOException {
    ApiSpec.Limits limits =
        new ApiSpec.Limits(
            1,
            1000,
            OptionalLong.empty(),
            10_000,
            Duration.ofMillis(100),
            OptionalInt.empty(),
            OptionalInt.empty());
    try (RunningApi api = new RunningApi(limits, Optional.empty());
        Socket socket = api.connect()) {
      // More than the buffers of both ends take.
      String much = "x".repeat(16 << 20);
      api.answerer.script =
          (question, progress) -> {
            while (true) {
              progress.token(much);
            }
          };
      ask(socket, "/rag", "{\"query\":\"x\",\"stream\":true}");

      RunningApi.await("the question is asked", () -> !api.answerer.questions.isEmpty());
      RunningApi.await("its place is free", () -> api.metric("slipway_questions_in_flight") == 0);
    }
  }

  @Test
  void thatSendTheirHeadForEverAreCutOff() throws IOException {
    ApiSpec.Limits limits =
        new ApiSpec.Limits(
            1,
            1000,
            OptionalLong.empty(),
            10_000,
            Duration.ofMillis(100),
            OptionalInt.empty(),
            OptionalInt.empty());
    try (RunningApi api = new RunningApi(limits, Optional.empty());
        Socket socket = api.connect()) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET /health/live HTTP/1.1\r\nHost: localhost\r\nAnd: on\r\n"
                  .getBytes(StandardCharsets.US_ASCII));

      assertThat(socket.getInputStream().read()).as("the connection is closed").isEqualTo(-1);
      assertThat(api.get("/health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aLoadBalancerLetsGoOfAConnectionBeforeTheServiceDoes() {
    assertThat(ApiServer.keptOpen(Duration.ofSeconds(60))).isEqualTo(Duration.ofMinutes(5));
    assertThat(ApiServer.keptOpen(Duration.ofMinutes(30))).isGreaterThan(Duration.ofMinutes(30));
  }

  private static void ask(Socket socket, String path, String body) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("POST "
                    + path
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body)
                .getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }
}
