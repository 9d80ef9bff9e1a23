package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.api.RunningApi.Event;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.rag.Answerer.Question;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChatRouteTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

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
  void answersAsOpenAiDoes() {
    HttpResponse<String> response = api.post(CHAT, "{\"model\":\"llm-twin\"," + HI + "}");

    assertThat(response.statusCode()).isEqualTo(200);
    JsonNode body = RunningApi.json(response.body());
    assertThat(body.get("id").textValue()).matches("chatcmpl-[0-9a-f]{32}");
    assertThat(body.get("object").textValue()).isEqualTo("chat.completion");
    assertThat(body.get("created").longValue()).isGreaterThan(1_700_000_000L);
    assertThat(body.get("model").textValue()).isEqualTo("llm-twin");
    assertThat(body.get("choices"))
        .isEqualTo(
            RunningApi.json(
                """
                [{"index": 0, "message": {"role": "assistant", "content": "You said: Hi",
                  "refusal": null}, "logprobs": null, "finish_reason": "length"}]
                """));
    assertThat(body.get("usage"))
        .isEqualTo(
            RunningApi.json("{\"prompt_tokens\":7,\"completion_tokens\":5,\"total_tokens\":12}"));
    assertThat(body.has("sources")).isFalse();
    assertThat(api.answerer.last().grounded()).isFalse();
  }

  @Test
  void theRagModelAnswersWithItsSources() {
    JsonNode body =
        RunningApi.json(api.post(CHAT, "{\"model\":\"llm-twin-rag\"," + HI + "}").body());

    assertThat(body.get("sources")).hasSize(2);
    assertThat(body.get("sources").get(0).get("id").textValue()).isEqualTo("p-1");
    assertThat(api.answerer.last().grounded()).isTrue();
  }

  @Test
  void honoursWhatIsAskedAndIgnoresWhatIsUnknown() {
    HttpResponse<String> response =
        api.post(
            CHAT,
            """
            {"model": "llm-twin", "temperature": 0.25, "top_p": 0.5, "max_tokens": 3,
             "max_completion_tokens": 9, "stop": ["a", "b"], "seed": 12345678901,
             "presence_penalty": -1, "frequency_penalty": 1.5, "n": 1, "user": "me", "tools": [],
             "tool_choice": "none", "logprobs": false, "response_format": {"type": "text"},
             "store": true, "metadata": {"a": {"b": [1]}}, "stream": null, "logit_bias": {},
             "messages": [
              {"role": "developer", "content": "Be brief."},
              {"role": "user", "content": [{"type": "text", "text": "One"},
                                           {"type": "text", "text": "two"}]},
              {"role": "assistant", "content": "Yes?"},
              {"role": "user", "content": ""}]}
            """);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    Question question = api.answerer.last();
    assertThat(question.messages())
        .containsExactly(
            new ChatModel.Message(ChatModel.Role.SYSTEM, "Be brief."),
            new ChatModel.Message(ChatModel.Role.USER, "One\ntwo"),
            new ChatModel.Message(ChatModel.Role.ASSISTANT, "Yes?"),
            new ChatModel.Message(ChatModel.Role.USER, ""));
    assertThat(question.sampling())
        .isEqualTo(
            new ChatModel.Sampling(
                OptionalDouble.of(0.25),
                OptionalDouble.of(0.5),
                OptionalInt.empty(),
                OptionalInt.of(9),
                List.of("a", "b"),
                OptionalLong.of(12345678901L),
                OptionalDouble.of(-1),
                OptionalDouble.of(1.5)));
  }

  @Test
  void takesOneStopTextToo() {
    api.post(CHAT, "{\"model\":\"llm-twin\",\"stop\":\"END\"," + HI + "}");

    assertThat(api.answerer.last().sampling().stop()).containsExactly("END");
  }

  @Test
  void streamsRoleThenContentThenReasonThenDone() {
    HttpResponse<String> response =
        api.post(CHAT, "{\"model\":\"llm-twin\",\"stream\":true," + HI + "}");

    List<Event> events = Event.parse(response.body());
    assertThat(events.getLast().data()).isEqualTo("[DONE]");
    List<JsonNode> chunks =
        events.stream().limit(events.size() - 1L).map(e -> RunningApi.json(e.data())).toList();
    assertThat(chunks).allMatch(c -> c.get("object").textValue().equals("chat.completion.chunk"));
    assertThat(chunks.stream().map(c -> c.get("id"))).containsOnly(chunks.getFirst().get("id"));
    assertThat(chunks.stream().map(c -> c.get("choices").get(0).get("delta")))
        .containsExactly(
            RunningApi.json("{\"role\":\"assistant\",\"content\":\"\"}"),
            RunningApi.json("{\"content\":\"You \"}"),
            RunningApi.json("{\"content\":\"said: \"}"),
            RunningApi.json("{\"content\":\"Hi\"}"),
            RunningApi.json("{}"));
    assertThat(chunks.stream().map(c -> c.get("choices").get(0).get("finish_reason").asText()))
        .containsExactly("null", "null", "null", "null", "length");
    assertThat(chunks).noneMatch(c -> c.has("usage") || c.has("sources"));
  }

  @Test
  void tellsUsageInAChunkOfItsOwnIfAsked() {
    HttpResponse<String> response =
        api.post(
            CHAT,
            "{\"model\":\"llm-twin-rag\",\"stream\":true,"
                + "\"stream_options\":{\"include_usage\":true},"
                + HI
                + "}");

    List<Event> events = Event.parse(response.body());
    JsonNode usage = RunningApi.json(events.get(events.size() - 2).data());
    assertThat(usage.get("choices")).isEmpty();
    assertThat(usage.get("usage").get("total_tokens").intValue()).isEqualTo(12);
    assertThat(RunningApi.json(events.getFirst().data()).get("sources")).hasSize(2);
    assertThat(events.stream().filter(e -> e.data().contains("\"sources\""))).hasSize(1);
  }

  @Test
  void aFailureBeforeTheFirstTextHasItsOwnStatusEvenAfterTheSources() {
    api.answerer.script =
        (question, progress) -> {
          progress.sources(FakeAnswerer.hits());
          throw unavailable();
        };

    HttpResponse<String> response =
        api.post(CHAT, "{\"model\":\"llm-twin-rag\",\"stream\":true," + HI + "}");

    assertThat(response.statusCode()).isEqualTo(503);
    JsonNode error = RunningApi.json(response.body()).get("error");
    assertThat(error.get("type").textValue()).isEqualTo("server_error");
    assertThat(error.get("code").textValue()).isEqualTo("endpoint_unavailable");
    assertThat(error.get("param").isNull()).isTrue();
  }

  @Test
  void aFailureAmidTheTextIsAnErrorObjectAtTheEnd() {
    api.answerer.script =
        (question, progress) -> {
          progress.token("Hal");
          throw unavailable();
        };

    HttpResponse<String> response =
        api.post(CHAT, "{\"model\":\"llm-twin\",\"stream\":true," + HI + "}");

    List<Event> events = Event.parse(response.body());
    assertThat(events).hasSize(3);
    api.assertFits(
        RunningApi.json("{\"$ref\":\"#/components/schemas/OpenAiError\"}"),
        events.getLast().data());
  }

  @Test
  void anAnswerWithoutTextIsStillAWholeStream() {
    api.answerer.script = (question, progress) -> FakeAnswerer.answer("", List.of());

    List<Event> events =
        Event.parse(api.post(CHAT, "{\"model\":\"llm-twin\",\"stream\":true," + HI + "}").body());

    assertThat(events).hasSize(3);
    assertThat(events.getFirst().data()).contains("\"role\":\"assistant\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|model|missing_required_parameter",
        "{'model':'llm-twin'}|messages|missing_required_parameter",
        "{'model':'llm-twin','messages':[]}|messages|invalid_value",
        "{'model':'llm-twin','messages':'Hi'}|messages|invalid_type",
        "{'model':7,HI}|model|invalid_type",
        "{'model':'llm-twin','temperature':3,HI}|temperature|invalid_value",
        "{'model':'llm-twin','temperature':'warm',HI}|temperature|invalid_value",
        "{'model':'llm-twin','max_tokens':0,HI}|max_tokens|invalid_value",
        "{'model':'llm-twin','stop':['a','b','c','d','e'],HI}|stop|invalid_value",
        "{'model':'llm-twin','stop':{},HI}|stop|invalid_type",
        "{'model':'llm-twin','n':2,HI}|n|unsupported_parameter",
        "{'model':'llm-twin','logprobs':true,HI}|logprobs|unsupported_parameter",
        "{'model':'llm-twin','tools':[{'type':'function'}],HI}|tools|unsupported_parameter",
        "{'model':'llm-twin','tool_choice':'required',HI}|tool_choice|unsupported_parameter",
        "{'model':'llm-twin','functions':[{}],HI}|functions|unsupported_parameter",
        "{'model':'llm-twin','response_format':{'type':'json_object'},HI}"
            + "|response_format|unsupported_parameter",
        "{'model':'llm-twin','messages':[{'role':'user'}]}"
            + "|messages[0].content|missing_required_parameter",
        "{'model':'llm-twin','messages':[{'role':'robot','content':''}]}"
            + "|messages[0].role|invalid_value",
        "{'model':'llm-twin','messages':[{'role':'tool','content':''}]}"
            + "|messages[0].role|unsupported_parameter",
        "{'model':'llm-twin','messages':[{'role':'user','content':[{'type':'image_url'}]}]}"
            + "|messages[0].content[0].type|unsupported_parameter",
        "{'model':'llm-twin','messages':[{'role':'user','content':7}]}"
            + "|messages[0].content|invalid_type",
        "{'model':'llm-twin-rag','messages':[{'role':'system','content':'x'}]}"
            + "|messages|invalid_value",
      })
  void refusesWithParameterAndCode(String body, String parameter, String code) {
    HttpResponse<String> response = api.post(CHAT, body.replace('\'', '"').replace("HI", HI));

    assertThat(response.statusCode()).isEqualTo(400);
    JsonNode error = RunningApi.json(response.body()).get("error");
    assertThat(error.get("type").textValue()).isEqualTo("invalid_request_error");
    assertThat(error.get("param").textValue()).isEqualTo(parameter);
    assertThat(error.get("code").textValue()).isEqualTo(code);
    assertThat(error.get("message").textValue()).isNotBlank();
  }

  @Test
  void anUnknownModelIsNotFound() {
    HttpResponse<String> response = api.post(CHAT, "{\"model\":\"gpt-4o\"," + HI + "}");

    assertThat(response.statusCode()).isEqualTo(404);
    JsonNode error = RunningApi.json(response.body()).get("error");
    assertThat(error.get("code").textValue()).isEqualTo("model_not_found");
    assertThat(error.get("param").textValue()).isEqualTo("model");
  }

  @Test
  void aBodyThatIsNoJsonIsRefusedInOpenAisShape() {
    HttpResponse<String> response = api.post(CHAT, "{");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(RunningApi.json(response.body()).get("error").get("message").textValue())
        .startsWith("We could not parse the JSON body of your request");
  }

  @Test
  void listsBothModels() {
    JsonNode list = RunningApi.json(api.get("/v1/models").body());

    assertThat(list.get("object").textValue()).isEqualTo("list");
    assertThat(list.get("data").findValuesAsText("id")).containsExactly("llm-twin", "llm-twin-rag");
    assertThat(RunningApi.json(api.get("/v1/models/llm-twin-rag").body()).get("id").textValue())
        .isEqualTo("llm-twin-rag");
    assertThat(api.get("/v1/models/other").statusCode()).isEqualTo(404);
  }

  private static EndpointFailure unavailable() {
    return new EndpointFailure(
        EndpointFailure.Kind.UNAVAILABLE,
        OptionalInt.empty(),
        "Nobody is there",
        "",
        "Wait.",
        null);
  }
}
