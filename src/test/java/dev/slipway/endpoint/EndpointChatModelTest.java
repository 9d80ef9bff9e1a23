package dev.slipway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.endpoint.ChatModel.FinishReason;
import dev.slipway.endpoint.ChatModel.Message;
import dev.slipway.endpoint.ChatModel.Role;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointChatModelTest extends ChatModelContract {
  private static final Duration ENOUGH = Duration.ofSeconds(5);

  private static EndpointChatModel over(FakeRuntimeClient client) {
    return new EndpointChatModel(client, new EndpointName("chat"), Optional.of("part-a"));
  }

  private static EndpointChatModel receiving(String body) {
    return over(new FakeRuntimeClient().answering(Streams.bytes(body)));
  }

  @Override
  ChatModel saying(String... pieces) {
    // One runtime for each way to ask: a container looks at "stream" of the body.
    return new ChatModel() {
      @Override
      public Reply chat(Request request) {
        return over(new FakeRuntimeClient().answering(Streams.completion(String.join("", pieces))))
            .chat(request);
      }

      @Override
      public Reply stream(Request request, TokenSink sink) {
        return over(new FakeRuntimeClient().answering(Streams.stream(pieces))).stream(
            request, sink);
      }
    };
  }

  @Override
  ChatModel failing(EndpointFailure failure, String... pieces) {
    byte[][] parts =
        Arrays.stream(pieces).map(Streams::chunk).map(Streams::bytes).toArray(byte[][]::new);
    return over(new FakeRuntimeClient().failing(failure, parts));
  }

  @Test
  void writesWhatTheCallerAskedForAndNothingElse() throws IOException {
    FakeRuntimeClient client =
        new FakeRuntimeClient().answering(Streams.completion("yes")).answering(Streams.stream("y"));
    EndpointChatModel model = over(client);
    ChatModel.Sampling all =
        new ChatModel.Sampling(
            OptionalDouble.of(0.5),
            OptionalDouble.of(0.9),
            OptionalInt.of(40),
            OptionalInt.of(64),
            List.of("END"),
            OptionalLong.of(7),
            OptionalDouble.of(0.1),
            OptionalDouble.of(0.2));
    List<Message> messages =
        List.of(new Message(Role.SYSTEM, "Be \"kind\"."), new Message(Role.USER, "Hé?\n"));

    model.chat(new ChatModel.Request(messages, ChatModel.Sampling.defaults(), Deadline.in(ENOUGH)));
    model.stream(new ChatModel.Request(messages, all, Deadline.in(ENOUGH)), text -> {});

    JsonNode plain = new JsonMapper().readTree(client.invocations().get(0).body());
    assertThat(plain)
        .isEqualTo(
            new JsonMapper()
                .readTree(
                    """
                    {"messages": [{"role": "system", "content": "Be \\"kind\\"."},
                                  {"role": "user", "content": "Hé?\\n"}],
                     "stream": false}
                    """));
    ObjectNode full = (ObjectNode) new JsonMapper().readTree(client.invocations().get(1).body());
    full.remove("messages");
    assertThat(full)
        .isEqualTo(
            new JsonMapper()
                .readTree(
                    """
                    {"temperature": 0.5, "top_p": 0.9, "top_k": 40, "max_tokens": 64, "seed": 7,
                     "presence_penalty": 0.1, "frequency_penalty": 0.2, "stop": ["END"],
                     "stream": true, "stream_options": {"include_usage": true}}
                    """));
    assertThat(client.invocations())
        .allSatisfy(
            invocation -> {
              assertThat(invocation.endpoint()).isEqualTo(new EndpointName("chat"));
              assertThat(invocation.component()).contains("part-a");
              assertThat(invocation.contentType()).isEqualTo("application/json");
            });
  }

  @Test
  void readsGeneratedTextToo() {
    ChatModel.Reply reply = receiving("[{\"generated_text\": \"At sea.\"}]").chat(request(ENOUGH));

    assertThat(reply.text()).isEqualTo("At sea.");
    assertThat(reply.finishReason()).isEmpty();
    assertThat(reply.usage()).isEmpty();
  }

  @Test
  void readsJsonLinesOfTokens() {
    List<String> pieces = new ArrayList<>();

    ChatModel.Reply reply =
        receiving(
            """
                {"token":{"id":5,"text":"At"}}
                {"token":{"id":6,"text":" sea"},"generated_text":null}
                {"token":{"id":2,"text":"</s>","special":true},"generated_text":"At sea",\
                "details":{"finish_reason":"length"}}
                """)
            .stream(request(ENOUGH), pieces::add);

    assertThat(pieces).containsExactly("At", " sea");
    assertThat(reply.text()).isEqualTo("At sea");
    assertThat(reply.finishReason()).contains(FinishReason.LENGTH);
  }

  @Test
  void readsAWholeAnswerWhereAStreamWasAskedFor() {
    assertThat(receiving("{\"generated_text\": \"At sea\"}").stream(request(ENOUGH), text -> {}))
        .extracting(ChatModel.Reply::text)
        .isEqualTo("At sea");
    assertThat(
            over(new FakeRuntimeClient().answering(Streams.completion("At sea"))).stream(
                request(ENOUGH), text -> {}))
        .extracting(ChatModel.Reply::text)
        .isEqualTo("At sea");
  }

  @Test
  void readsTheSameHoweverTheStreamIsCut() {
    byte[] whole = Streams.stream("Grüße", " aus", " dem 漢", "字-", "Hafen 🚢", "\n\n\"quoted\"");
    ChatModel.Reply expected =
        over(new FakeRuntimeClient().answering(whole)).stream(request(ENOUGH), text -> {});
    assertThat(expected.text()).isEqualTo("Grüße aus dem 漢字-Hafen 🚢\n\n\"quoted\"");

    for (int cut = 0; cut <= whole.length; cut++) {
      assertRead(
          expected,
          "cut at byte " + cut,
          Arrays.copyOfRange(whole, 0, cut),
          Arrays.copyOfRange(whole, cut, whole.length));
    }
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      assertRead(expected, "seed " + seed, Streams.cut(whole, 1 + random.nextInt(40), random));
    }
  }

  private static void assertRead(ChatModel.Reply expected, String how, byte[]... parts) {
    StringBuilder streamed = new StringBuilder();
    ChatModel.Reply reply =
        over(new FakeRuntimeClient().answering(parts)).stream(request(ENOUGH), streamed::append);
    assertThat(reply).as(how).isEqualTo(expected);
    assertThat(streamed.toString()).as(how).isEqualTo(expected.text());
  }

  @Test
  void neverHandsOutHalfACharacter() {
    List<String> pieces = new ArrayList<>();

    ChatModel.Reply reply =
        receiving(
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\\ud83d\"}}]}\n\n"
                + "data: {\"choices\":[{\"delta\":{\"content\":\"\\udea2b\"}}]}\n\n"
                + "data: {\"choices\":[{\"delta\":{\"content\":\"\\ud83d\"}}]}\n\n"
                + Streams.ending())
            .stream(request(ENOUGH), pieces::add);

    assertThat(pieces).containsExactly("a", "🚢b", "\uFFFD");
    assertThat(reply.text()).isEqualTo("a🚢b\uFFFD");
  }

  @Test
  void aStreamWithoutAnEndIsAFailureWhereverItBreaksOff() {
    byte[] whole = Streams.bytes(Streams.chunk("At") + Streams.chunk(" sea"));

    for (int length = 0; length <= whole.length; length++) {
      EndpointChatModel model =
          over(new FakeRuntimeClient().answering(Arrays.copyOf(whole, length)));
      EndpointFailure failure =
          catchThrowableOfType(
              EndpointFailure.class, () -> model.stream(request(ENOUGH), text -> {}));
      assertThat(failure).as("broken off at byte %d", length).isNotNull();
      assertThat(failure.kind()).as("broken off at byte %d", length).isEqualTo(Kind.UNAVAILABLE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {\"error\":{\"message\":\"secret prompt\",\"code\":500}}\n\n",
        "data: {\"object\":\"error\",\"message\":\"secret prompt\",\"code\":500}\n\n",
        "{\"error\":\"secret prompt\",\"code\":500}\n",
        "event: error\ndata: {\"error\":{\"message\":\"secret prompt\",\"type\":\"x\"}}\n\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n"
      })
  void anErrorInMidStreamIsAFailureThatDoesNotQuoteIt(String error) {
    FakeRuntimeClient client =
        new FakeRuntimeClient().answering(Streams.bytes(Streams.chunk("At") + error));
    List<String> pieces = new ArrayList<>();

    EndpointFailure failure =
        catchThrowableOfType(
            EndpointFailure.class, () -> over(client).stream(request(ENOUGH), pieces::add));

    assertThat(failure.kind()).isEqualTo(Kind.MODEL_ERROR);
    assertThat(failure).hasMessageNotContaining("secret");
    assertThat(pieces).containsExactly("At");
    assertThat(client.stopped()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "400, INVALID_REQUEST",
    "413, INVALID_REQUEST",
    "422, INVALID_REQUEST",
    "429, NOT_READY",
    "503, NOT_READY",
    "504, TIMEOUT",
    "500, MODEL_ERROR",
    "404, MODEL_ERROR"
  })
  void theContainersStatusSaysWhatItsErrorMeans(int status, Kind kind) {
    EndpointFailure failure =
        ContainerFailure.of(new EndpointName("chat"), OptionalInt.of(status), "prompt", null);

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.originalStatus()).hasValue(status);
    assertThat(failure).hasMessageNotContaining("prompt");
  }

  @Test
  void saysThatARequestIsTooLongForTheWindow() {
    EndpointFailure failure =
        ContainerFailure.of(
            new EndpointName("chat"),
            OptionalInt.of(400),
            "This model's maximum context length is 512 tokens. However, ...",
            null);

    assertThat(failure.kind()).isEqualTo(Kind.INVALID_REQUEST);
    assertThat(failure).hasMessageContaining("context window");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "body", "{}", "[]", "null", "{\"choices\":[]}", "<html></html>"})
  void whatIsNoAnswerIsMalformed(String body) {
    EndpointFailure failure =
        catchThrowableOfType(EndpointFailure.class, () -> receiving(body).chat(request(ENOUGH)));

    assertThat(failure.kind()).isEqualTo(Kind.MALFORMED);
  }

  @Test
  void anErrorWithStatus200IsAFailure() {
    EndpointFailure failure =
        catchThrowableOfType(
            EndpointFailure.class,
            () -> receiving("{\"error\":{\"message\":\"no\",\"code\":400}}").chat(request(ENOUGH)));

    assertThat(failure.kind()).isEqualTo(Kind.INVALID_REQUEST);
  }
}
