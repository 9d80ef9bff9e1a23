package dev.slipway.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenAiRouteTest {
  private static final String CHAT = "/endpoints/chat/openai/v1/chat/completions";
  private static final String BODY = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private RunningRuntime running;

  @BeforeEach
  void start(@TempDir Path folder) {
    running =
        new RunningRuntime(
            folder,
            RuntimeLimits.defaults(),
            request -> request.answer(200, "application/json", "{\"got\":" + request.text() + "}"));
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private static String request(String path, String body) {
    return RawHttp.post(path, "Content-Type: application/json\r\n", body)
        .replace(RawHttp.SIGNED, "Authorization: Bearer sagemaker-api-key-any\r\n");
  }

  private String exchange(String path, String body) throws IOException {
    return RawHttp.exchange(running.runtime.url(), request(path, body));
  }

  @Test
  void theBodyReachesTheContainerAndTheAnswerComesBackAsTheyAre() throws IOException {
    assertThat(exchange(CHAT, BODY))
        .startsWith("HTTP/1.1 200 ")
        .containsIgnoringCase("x-amzn-RequestId: ")
        .contains("{\"got\":" + BODY + "}");
  }

  @Test
  void aComponentIsNamedInThePath() throws IOException {
    running.endpoints.put("parts", running.container.url(), "one");
    running.container.behaves(
        request ->
            request.answer(
                200,
                "text/plain",
                String.valueOf(
                    request.headers().getFirst("X-Amzn-SageMaker-Inference-Component"))));
    assertThat(
            exchange("/endpoints/parts/inference-components/one/openai/v1/chat/completions", BODY))
        .startsWith("HTTP/1.1 200 ")
        .contains("one");
    assertThat(
            exchange("/endpoints/parts/inference-components/two/openai/v1/chat/completions", BODY))
        .startsWith("HTTP/1.1 400 ")
        .contains("{\"error\":{\"message\":\"Inference Component two");
  }

  @Test
  void aStreamIsPassedOnPartByPart() throws Exception {
    Semaphore received = new Semaphore(1);
    running.container.behaves(
        request -> {
          try (OutputStream out = request.parts("text/event-stream")) {
            for (int i = 0; i < 5; i++) {
              acquire(received);
              request.part(out, "data: " + i + "\n\n");
            }
          }
        });
    try (RawHttp http = new RawHttp(running.runtime.url())) {
      http.send(request(CHAT, "{\"stream\":true}"));
      assertThat(http.head())
          .startsWith("HTTP/1.1 200 ")
          .containsIgnoringCase("Content-Type: text/event-stream\r\n");
      for (int i = 0; i < 5; i++) {
        assertThat(new String(http.read(14), StandardCharsets.US_ASCII))
            .isEqualTo("9\r\ndata: " + i + "\n\n\r\n");
        received.release();
      }
      assertThat(http.rest()).isEqualTo("0\r\n\r\n");
    }
  }

  private static void acquire(Semaphore semaphore) {
    try {
      assertThat(semaphore.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aStreamThatBreaksIsCutOff() throws IOException {
    try (BreakingContainer container = BreakingContainer.afterOnePart("data: 1\n\n")) {
      running.endpoints.put("chat", container.url());
      assertThat(exchange(CHAT, "{\"stream\":true}"))
          .contains("data: 1")
          .doesNotContain("\r\n0\r\n");
    }
  }

  @Test
  void withoutABearerTokenNothingIsAsked() throws IOException {
    String request = RawHttp.post(CHAT, "", BODY);
    for (String one :
        new String[] {
          request,
          request.replace(RawHttp.SIGNED, ""),
          request.replace(RawHttp.SIGNED, "Authorization: Bearer \r\n")
        }) {
      assertThat(RawHttp.exchange(running.runtime.url(), one))
          .startsWith("HTTP/1.1 401 ")
          .contains("\"param\":null,\"code\":\"invalid_api_key\"}}");
    }
    assertThat(running.container.requests).hasValue(0);
  }

  @Test
  void errorsAreInOpenAisShape() throws IOException {
    assertThat(exchange(CHAT.replace("chat/o", "none/o"), BODY))
        .startsWith("HTTP/1.1 400 ")
        .contains("{\"error\":{\"message\":\"Endpoint none of account 000000000000 not found.\"");
    for (String bad : new String[] {"", "[1]", "{\"a\":", "hello"}) {
      assertThat(exchange(CHAT, bad))
          .startsWith("HTTP/1.1 400 ")
          .contains("\"code\":\"invalid_json\"");
    }
    running.container.behaves(
        request ->
            request.answer(400, "application/json", "{\"error\":{\"message\":\"too long\"}}"));
    assertThat(exchange(CHAT, BODY))
        .startsWith("HTTP/1.1 400 ")
        .contains("{\"error\":{\"message\":\"too long\",\"type\":\"invalid_request_error\"");
    running.container.behaves(request -> request.answer(500, "text/plain", "oh"));
    assertThat(exchange(CHAT, BODY))
        .startsWith("HTTP/1.1 502 ")
        .contains("{\"error\":{\"message\":\"oh\",\"type\":\"server_error\"");
  }
}
