package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.api.RunningApi.Event;
import dev.slipway.api.job.MemoryJobStore;
import dev.slipway.endpoint.Waiting;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.rag.Answerer.Question;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class JobRoutesTest {
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static final ApiSpec.Limits SHORT =
      new ApiSpec.Limits(
          8,
          1_000_000,
          OptionalLong.empty(),
          1 << 20,
          Duration.ofMillis(600),
          OptionalInt.empty(),
          OptionalInt.empty());

  private final MemoryJobStore store = new MemoryJobStore();

  private RunningApi api(ApiSpec.Limits limits, boolean always) {
    return new RunningApi(
        limits,
        Entrance.local(List.of()),
        ApiServer.Listen.loopback(0),
        RunningApi.jobs(store, always));
  }

  private static JsonNode untilEnded(RunningApi api, String location) {
    RunningApi.await(
        "the job ended", () -> api.get(location).headers().firstValue("Retry-After").isEmpty());
    return RunningApi.json(api.get(location).body());
  }

  private static String location(HttpResponse<String> accepted) {
    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.headers().firstValue("Retry-After")).isPresent();
    return accepted.headers().firstValue("Location").orElseThrow();
  }

  @Test
  void aQuestionIsTakenAndItsAnswerFetchedLater() {
    try (RunningApi api = api(RunningApi.WIDE, false)) {
      HttpResponse<String> accepted =
          api.post(
              "/rag",
              "{\"query\":\"Why?\",\"k\":3,\"filter\":{\"author\":\"Ann\"},\"async\":true}",
              Map.of("x-request-id", "mine-1", "traceparent", PARENT));
      String location = location(accepted);
      assertThat(location)
          .isEqualTo("/jobs/" + RunningApi.json(accepted.body()).get("id").asText());

      JsonNode job = untilEnded(api, location);

      assertThat(job.get("state").asText()).isEqualTo("done");
      assertThat(job.get("answer"))
          .isEqualTo(RunningApi.json(api.post("/rag", "{\"query\":\"Why?\"}").body()));
      Question question = api.answerer.questions.element();
      assertThat(question.k()).hasValue(3);
      assertThat(question.filter()).isEqualTo(Map.of("author", "Ann"));
      assertThat(question.requestId()).isEqualTo("mine-1");
      assertThat(question.parent().orElseThrow().header())
          .as("it is part of its caller's own trace, as any other")
          .isEqualTo(PARENT);
    }
  }

  @Test
  void aQuestionThatFailsLeavesItsReason() {
    try (RunningApi api = api(RunningApi.WIDE, false)) {
      api.answerer.script =
          (question, progress) -> {
            throw new EndpointFailure(
                EndpointFailure.Kind.MODEL_ERROR,
                OptionalInt.empty(),
                "It did not answer",
                "it crashed.",
                "See the logs.",
                null);
          };

      JsonNode job =
          untilEnded(api, location(api.post("/rag", "{\"query\":\"Why?\",\"async\":true}")));

      assertThat(job.get("state").asText()).isEqualTo("failed");
      assertThat(job.get("error").get("status").asInt()).isEqualTo(502);
      assertThat(job.get("error").get("code").asText()).isEqualTo("endpoint_model_error");
    }
  }

  @Test
  void anEndpointWithAQueueAnswersAtOnceWhereItCanAndLaterWhereItMust() {
    try (RunningApi api = api(SHORT, true)) {
      assertThat(api.post("/rag", "{\"query\":\"Why?\"}").statusCode()).isEqualTo(200);
      CountDownLatch answered = new CountDownLatch(1);
      api.answerer.script =
          (question, progress) -> {
            answered.await();
            return FakeAnswerer.echo(question, progress);
          };

      String location = location(api.post("/rag", "{\"query\":\"And why?\"}"));
      answered.countDown();

      assertThat(untilEnded(api, location).get("answer").get("answer").asText())
          .isEqualTo("You said: And why?");
    }
  }

  @Test
  void aJobSurvivesARestartOfTheService() {
    String location;
    try (RunningApi first = api(RunningApi.WIDE, false)) {
      first.answerer.script =
          (question, progress) -> {
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts down");
          };
      location = location(first.post("/rag", "{\"query\":\"Why?\",\"async\":true}"));
      RunningApi.await("it is asked", () -> !first.answerer.questions.isEmpty());
    }

    try (RunningApi second = api(RunningApi.WIDE, false)) {
      assertThat(untilEnded(second, location).get("answer").get("answer").asText())
          .isEqualTo("You said: Why?");
    }
  }

  @Test
  void whatIsNoJobIsNotFoundAndWhatCanNotBeBothIsRefused() {
    try (RunningApi api = api(RunningApi.WIDE, false)) {
      assertThat(api.get("/jobs/" + "0".repeat(32)).statusCode()).isEqualTo(404);
      assertThat(api.get("/jobs/x").statusCode()).isEqualTo(404);
      assertThat(api.post("/rag", "{\"query\":\"x\",\"async\":true,\"stream\":true}").statusCode())
          .isEqualTo(400);
    }
  }

  @Test
  void readersOfStreamsHearThatTheEndpointWakes() {
    try (RunningApi api = api(RunningApi.WIDE, false)) {
      api.answerer.script =
          (question, progress) -> {
            progress.waiting(new Waiting("It is scaled to zero.", Duration.ofSeconds(55)));
            return FakeAnswerer.echo(question, progress);
          };

      List<Event> events =
          Event.parse(api.post("/rag", "{\"query\":\"x\",\"stream\":true}").body());
      String chat =
          api.send(
                  "POST",
                  "/v1/chat/completions",
                  "{\"model\":\"llm-twin\",\"stream\":true,"
                      + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                  Map.of())
              .body();

      assertThat(events.getFirst().name()).isEqualTo("waiting");
      assertThat(RunningApi.json(events.getFirst().data()).get("seconds").asInt()).isEqualTo(55);
      assertThat(events.getLast().name()).isEqualTo("done");
      assertThat(chat).startsWith(": waiting up to 55 s\n\ndata: ").contains("\"role\"");
    }
  }

  @Test
  void aRefusalSaysWhenTheEndpointMayBeBack() {
    try (RunningApi api = api(RunningApi.WIDE, false)) {
      api.answerer.script =
          (question, progress) -> {
            throw new EndpointFailure(
                    EndpointFailure.Kind.NOT_READY,
                    OptionalInt.empty(),
                    "No answer",
                    "it is scaled to zero.",
                    "Wait.",
                    null)
                .retryAfter(Duration.ofMillis(14_100));
          };

      HttpResponse<String> refused = api.post("/rag", "{\"query\":\"x\"}");

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).contains("15");
    }
  }
}
