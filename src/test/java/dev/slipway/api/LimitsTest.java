package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.api.RunningApi.Event;
import dev.slipway.manifest.ApiSpec;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static ApiSpec.Limits limits(int concurrency, int perMinute, Duration deadline) {
    return new ApiSpec.Limits(
        concurrency,
        perMinute,
        OptionalLong.empty(),
        10_000,
        deadline,
        OptionalInt.empty(),
        OptionalInt.empty());
  }

  @Test
  void fiftyQuestionsAtOnceAreAnsweredWholeAndOneMoreIsRefusedAtOnce() throws Exception {
    try (RunningApi api =
            new RunningApi(limits(50, 1000, Duration.ofSeconds(20)), Optional.empty());
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch all = new CountDownLatch(50);
      CountDownLatch refused = new CountDownLatch(1);
      api.answerer.script =
          (question, progress) -> {
            all.countDown();
            assertThat(refused.await(15, TimeUnit.SECONDS)).isTrue();
            return FakeAnswerer.echo(question, progress);
          };
      List<Future<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String body = "{\"query\":\"q" + i + "\",\"stream\":" + (i % 2 == 0) + "}";
        answers.add(callers.submit(() -> api.send("POST", "/rag", body, json())));
      }
      assertThat(all.await(15, TimeUnit.SECONDS)).isTrue();
      assertThat(api.metric("slipway_questions_in_flight")).isEqualTo(50);

      long before = System.nanoTime();
      HttpResponse<String> more = api.post("/rag", "{\"query\":\"one more\"}");
      HttpResponse<String> chat =
          api.post(
              "/v1/chat/completions",
              "{\"model\":\"llm-twin\",\"stream\":true,"
                  + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
      Duration took = Duration.ofNanos(System.nanoTime() - before);
      refused.countDown();

      assertThat(more.statusCode()).isEqualTo(503);
      assertThat(more.headers().firstValue("retry-after")).contains("1");
      assertThat(RunningApi.json(more.body()).get("detail").textValue()).contains("50 questions");
      assertThat(chat.statusCode()).isEqualTo(503);
      assertThat(RunningApi.json(chat.body()).get("error").get("code").textValue())
          .isEqualTo("overloaded");
      assertThat(took).isLessThan(Duration.ofSeconds(5));
      for (int i = 0; i < 50; i++) {
        String body = api.checked("POST", "/rag", answers.get(i).get()).body();
        String text =
            i % 2 == 0
                ? Event.parse(body).stream()
                    .filter(event -> event.name().equals("token"))
                    .map(event -> RunningApi.json(event.data()).get("text").textValue())
                    .reduce("", String::concat)
                : RunningApi.json(body).get("answer").textValue();
        assertThat(text).isEqualTo("You said: q" + i);
      }
      assertThat(api.post("/rag", "{\"query\":\"again\"}").statusCode()).isEqualTo(200);
      assertThat(api.metric("slipway_questions_in_flight")).isZero();
      assertThat(api.metric("slipway_rejected_total{reason=\"capacity\"}")).isEqualTo(2);
    }
  }

  @Test
  void oneCallersAllowanceIsSpentByItAlone() {
    Set<String> keys = Set.of(ApiKeys.hash("anna"), ApiKeys.hash("ben"));
    try (RunningApi api =
        new RunningApi(limits(8, 2, Duration.ofSeconds(20)), Optional.of(new ApiKeys(keys)))) {
      HttpResponse<String> first = models(api, "anna");
      assertThat(first.headers().firstValue("x-ratelimit-limit-requests")).contains("2");
      assertThat(first.headers().firstValue("x-ratelimit-remaining-requests")).contains("1");
      assertThat(first.headers().firstValue("x-ratelimit-reset-requests")).contains("30s");
      assertThat(models(api, "anna").statusCode()).isEqualTo(200);
      HttpResponse<String> third = models(api, "anna");

      assertThat(third.statusCode()).isEqualTo(429);
      assertThat(third.headers().firstValue("retry-after")).contains("30");
      JsonNode error = RunningApi.json(third.body()).get("error");
      assertThat(error.get("code").textValue()).isEqualTo("rate_limited");
      assertThat(models(api, "ben").statusCode()).isEqualTo(200);
      assertThat(api.get("/health/live").statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> models(RunningApi api, String key) {
    return api.checked(
        "GET",
        "/v1/models",
        api.send("GET", "/v1/models", null, Map.of("Authorization", "Bearer " + key)));
  }

  @Test
  void withoutAKeyOnlyHealthAndDocumentsAreOpen() {
    try (RunningApi api =
        new RunningApi(RunningApi.WIDE, Optional.of(new ApiKeys(Set.of(ApiKeys.hash("k-1")))))) {
      HttpResponse<String> rag = api.post("/rag", "{\"query\":\"x\"}");
      assertThat(rag.statusCode()).isEqualTo(401);
      assertThat(rag.headers().firstValue("www-authenticate")).contains("Bearer realm=\"slipway\"");
      assertThat(RunningApi.json(rag.body()).get("detail").isTextual()).isTrue();

      HttpResponse<String> chat =
          api.post("/v1/chat/completions", "{}", Map.of("Authorization", "Bearer wrong"));
      assertThat(chat.statusCode()).isEqualTo(401);
      assertThat(chat.headers().firstValue("www-authenticate").orElseThrow())
          .contains("invalid_token");
      assertThat(RunningApi.json(chat.body()).get("error").get("code").textValue())
          .isEqualTo("invalid_api_key");

      for (String path : List.of("/traces", "/traces/x", "/v1/models", "/v1/models/llm-twin")) {
        assertThat(api.get(path).statusCode()).as(path).isEqualTo(401);
      }
      for (String path :
          List.of("/health/live", "/health/ready", "/openapi.json", "/docs", "/metrics")) {
        assertThat(api.get(path).statusCode()).as(path).isEqualTo(200);
      }
      assertThat(
              api.post("/rag", "{\"query\":\"x\"}", Map.of("Authorization", "bearer  k-1"))
                  .statusCode())
          .isEqualTo(200);
      for (String authorization : List.of("k-1", "Basic k-1", "Bearer", "Bearer k-1 k-1", "")) {
        assertThat(
                api.send("GET", "/traces", null, Map.of("Authorization", authorization))
                    .statusCode())
            .as(authorization)
            .isEqualTo(401);
      }
    }
  }

  @Test
  void theDaysTokensRunOut() {
    ApiSpec.Limits limits =
        new ApiSpec.Limits(
            8,
            1000,
            OptionalLong.of(20),
            10_000,
            Duration.ofSeconds(20),
            OptionalInt.empty(),
            OptionalInt.empty());
    try (RunningApi api = new RunningApi(limits, Optional.empty())) {
      assertThat(api.post("/rag", "{\"query\":\"x\"}").statusCode()).isEqualTo(200);
      assertThat(api.post("/rag", "{\"query\":\"x\"}").statusCode()).isEqualTo(200);

      HttpResponse<String> third = api.post("/rag", "{\"query\":\"x\"}");

      assertThat(third.statusCode()).isEqualTo(429);
      assertThat(third.headers().firstValueAsLong("retry-after").orElseThrow()).isPositive();
      assertThat(api.get("/traces").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void bodiesOverTheLimitAreRefusedWhicheverWayTheyCome() throws IOException {
    try (RunningApi api =
        new RunningApi(limits(8, 1000, Duration.ofSeconds(20)), Optional.empty())) {
      String fits = "{\"query\":\"" + "a".repeat(10_000 - 12) + "\"}";
      assertThat(fits).hasSize(10_000);
      assertThat(api.post("/rag", fits).statusCode()).isEqualTo(200);
      assertThat(api.post("/rag", fits + " ").statusCode()).isEqualTo(413);
      assertThat(api.post("/rag", "a".repeat(3_000_000)).statusCode()).isEqualTo(413);

      String head = "POST /rag HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
      String chunk = "1000\r\n" + "a".repeat(4096) + "\r\n";
      assertThat(api.raw(head + chunk.repeat(300) + "0\r\n\r\n"))
          .startsWith("HTTP/1.1 413 ")
          .contains("{\"detail\":\"The request body is over 10000 bytes.\"}");
      assertThat(api.raw(head + "2\r\n{}\r\n0\r\n\r\n")).startsWith("HTTP/1.1 422 ");
      assertThat(api.metric("slipway_rejected_total{reason=\"size\"}")).isEqualTo(3);
    }
  }

  @Test
  void aClientThatWaitsToSendATooLargeBodyIsToldBeforeItDoes() throws IOException {
    try (RunningApi api =
            new RunningApi(limits(8, 1000, Duration.ofSeconds(20)), Optional.empty());
        Socket socket = api.connect()) {
      socket
          .getOutputStream()
          .write(
              "POST /rag HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void theDeadlineHoldsEvenIfTheAnswererForgetsIt() throws Exception {
    try (RunningApi api =
        new RunningApi(limits(1, 1000, Duration.ofMillis(200)), Optional.empty())) {
      AtomicBoolean stopped = new AtomicBoolean();
      api.answerer.script =
          (question, progress) -> {
            if (question.stream()) {
              progress.sources(List.of());
            }
            try {
              new CountDownLatch(1).await();
            } finally {
              stopped.set(true);
            }
            throw new AssertionError("never");
          };

      HttpResponse<String> whole = api.post("/rag", "{\"query\":\"x\"}");
      assertThat(whole.statusCode()).isEqualTo(504);
      RunningApi.await("the answerer is stopped", stopped::get);
      RunningApi.await("its place is free", () -> api.metric("slipway_questions_in_flight") == 0);

      HttpResponse<String> streamed = api.post("/rag", "{\"query\":\"x\",\"stream\":true}");
      assertThat(streamed.statusCode()).isEqualTo(200);
      Event last = Event.parse(streamed.body()).getLast();
      assertThat(last.name()).isEqualTo("error");
      assertThat(RunningApi.json(last.data()).get("status").intValue()).isEqualTo(504);
    }
  }

  @Test
  void aStreamThatDripsOnPastItsDeadlineIsEnded() {
    try (RunningApi api =
        new RunningApi(limits(1, 1000, Duration.ofMillis(200)), Optional.empty())) {
      AtomicBoolean stopped = new AtomicBoolean();
      api.answerer.script =
          (question, progress) -> {
            try {
              while (true) {
                progress.token("drip");
              }
            } finally {
              stopped.set(true);
            }
          };

      HttpResponse<String> streamed = api.post("/rag", "{\"query\":\"x\",\"stream\":true}");

      assertThat(Event.parse(streamed.body()).getLast().name()).isEqualTo("error");
      RunningApi.await("the answerer is stopped", stopped::get);
    }
  }

  private static Map<String, String> json() {
    return Map.of("Content-Type", "application/json");
  }
}
