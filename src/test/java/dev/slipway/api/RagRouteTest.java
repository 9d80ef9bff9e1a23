package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.api.RunningApi.Event;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.rag.Answerer.Question;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RagRouteTest {
  private final RunningApi api = new RunningApi();

  @BeforeEach
  void answersAsUsual() {
    api.answerer.script = FakeAnswerer::echo;
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void answersWholeInTheContractsShape() {
    HttpResponse<String> response = api.post("/rag", "{\"query\": \"  Grüße? 😀 \"}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(RunningApi.json(response.body()))
        .isEqualTo(
            RunningApi.json(
                """
                {"answer": "You said: Grüße? 😀",
                 "sources": [
                   {"id": "p-1", "source": "docs/roll\\"back.md", "title": "Rollback ü",
                    "score": 0.75, "text": "Roll\\nit back."},
                   {"id": "p-2", "source": "docs/b.md", "title": "B", "score": 0.0,
                    "text": "More."}],
                 "usage": {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12},
                 "timings": {"retrieve": 12.0, "generate": 1.235},
                 "trace_id": "0123456789abcdef0123456789abcdef"}
                """));
  }

  @Test
  void handsOverEverythingThatWasAsked() {
    HttpResponse<String> response =
        api.post(
            "/rag",
            "{\"query\":\"Why?\",\"k\":7,\"filter\":{\"author\":\"Ann\",\"collection\":\"posts\"},"
                + "\"more\":[1]}",
            Map.of("x-request-id", "mine-1"));

    Question question = api.answerer.last();
    assertThat(question.messages())
        .containsExactly(new ChatModel.Message(ChatModel.Role.USER, "Why?"));
    assertThat(question.grounded()).isTrue();
    assertThat(question.k()).isEqualTo(OptionalInt.of(7));
    assertThat(question.filter()).isEqualTo(Map.of("author", "Ann", "collection", "posts"));
    assertThat(question.sampling()).isEqualTo(ChatModel.Sampling.defaults());
    assertThat(question.stream()).isFalse();
    assertThat(question.requestId()).isEqualTo("mine-1");
    assertThat(question.route()).isEqualTo("/rag");
    assertThat(question.deadline().remaining()).isPositive();
    assertThat(response.headers().firstValue("x-request-id")).contains("mine-1");
  }

  @Test
  void saysThatUsageIsUnknownRatherThanZero() {
    api.answerer.script =
        (question, progress) ->
            new dev.slipway.rag.Answerer.Answer(
                "Hi", List.of(), Optional.empty(), Optional.empty(), Map.of(), "t");

    JsonNode body = RunningApi.json(api.post("/rag", "{\"query\":\"x\"}").body());

    assertThat(body.get("usage").isNull()).isTrue();
    assertThat(body.get("sources")).isEmpty();
  }

  @Test
  void streamsSourcesThenTokensThenDone() {
    HttpResponse<String> response = api.post("/rag", "{\"query\":\"a b\",\"stream\":true}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/event-stream");
    assertThat(response.headers().firstValue("cache-control")).contains("no-cache");
    assertThat(response.headers().firstValue("x-accel-buffering")).contains("no");
    List<Event> events = Event.parse(response.body());
    assertThat(events)
        .extracting(Event::name)
        .containsExactly("sources", "token", "token", "token", "token", "done");
    assertThat(RunningApi.json(events.getFirst().data()).get("sources")).hasSize(2);
    assertThat(
            events.subList(1, 5).stream()
                .map(event -> RunningApi.json(event.data()).get("text").textValue()))
        .containsExactly("You ", "said: ", "a ", "b");
    JsonNode done = RunningApi.json(events.getLast().data());
    assertThat(done.get("trace_id").textValue()).isEqualTo(FakeAnswerer.TRACE_ID);
    assertThat(done.get("usage").get("total_tokens").intValue()).isEqualTo(12);
    assertThat(done.get("timings").get("retrieve").doubleValue()).isEqualTo(12);
  }

  @Test
  void sendsEachTokenAtOnce() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    api.answerer.script =
        (question, progress) -> {
          progress.sources(List.of());
          progress.token("first");
          assertThat(read.await(10, TimeUnit.SECONDS)).isTrue();
          progress.token("second");
          return FakeAnswerer.answer("firstsecond", List.of());
        };
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                api.open("/rag", "{\"query\":\"x\",\"stream\":true}").body(),
                StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
        if (line.contains("first")) {
          read.countDown();
        }
      }
    }
    assertThat(lines).contains("data: {\"text\":\"first\"}", "data: {\"text\":\"second\"}");
  }

  @Test
  void aFailureBeforeTheFirstEventHasItsOwnStatus() {
    api.answerer.script =
        (question, progress) -> {
          throw notReady();
        };

    HttpResponse<String> response = api.post("/rag", "{\"query\":\"x\",\"stream\":true}");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("retry-after")).isPresent();
    assertThat(RunningApi.json(response.body()).get("detail").textValue())
        .isEqualTo("The model is loading: it is large. Ask again in a minute.");
  }

  @Test
  void aFailureAfterTheFirstEventIsTheLastEvent() {
    api.answerer.script =
        (question, progress) -> {
          progress.sources(List.of());
          progress.token("Hal");
          throw notReady();
        };

    HttpResponse<String> response = api.post("/rag", "{\"query\":\"x\",\"stream\":true}");

    assertThat(response.statusCode()).isEqualTo(200);
    List<Event> events = Event.parse(response.body());
    assertThat(events).extracting(Event::name).containsExactly("sources", "token", "error");
    JsonNode error = RunningApi.json(events.getLast().data());
    assertThat(error.get("status").intValue()).isEqualTo(503);
    assertThat(error.get("code").textValue()).isEqualTo("endpoint_not_ready");
    assertThat(api.metric("slipway_streams_failed_total{route=\"/rag\"}")).isEqualTo(1);
  }

  @Test
  void aDefectIsAPlain500ThatShowsNothing() {
    api.answerer.script =
        (question, progress) -> {
          throw new IllegalStateException("secret " + question.messages());
        };

    HttpResponse<String> response = api.post("/rag", "{\"query\":\"x\"}");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).isEqualTo("{\"detail\":\"Internal Server Error\"}");
  }

  @Test
  void anErrorOfTheJvmIsA500Too() {
    api.answerer.script =
        (question, progress) -> {
          throw new StackOverflowError();
        };

    assertThat(api.post("/rag", "{\"query\":\"x\"}").statusCode()).isEqualTo(500);
    api.answerer.script = FakeAnswerer::echo;
    assertThat(api.post("/rag", "{\"query\":\"x\"}").statusCode()).isEqualTo(200);
  }

  private static EndpointFailure notReady() {
    return new EndpointFailure(
        EndpointFailure.Kind.NOT_READY,
        OptionalInt.empty(),
        "The model is loading",
        "it is large",
        "Ask again in a minute.",
        null);
  }
}
