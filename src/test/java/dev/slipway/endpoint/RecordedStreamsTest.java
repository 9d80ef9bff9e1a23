package dev.slipway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each server's form of the same answer, read the same however the network cuts it. */
final class RecordedStreamsTest {
  private static final String TEXT = "Grüße aus 漢字 🚢\n\"quoted\"";

  /** What servers of the catalog send. */
  enum Form {
    /** vLLM, and LMI with chat messages: chunks as events, then the usage, then the end. */
    VLLM(
        """
        : ping

        data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":\
        {"role":"assistant","content":""},"finish_reason":null}]}

        data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Grüße "}}]}

        data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"aus 漢"}}]}

        data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"字 \\ud83d"}}]}

        data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"\\udea2\\n\\"quoted\\""}}]}

        data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}

        data: [DONE]

        """),
    /** The same events with the line ends of HTTP, and data on more than one line. */
    CRLF(
        """
        event: message\r
        data: {"choices":[{"delta":{"content":\r
        data: "Grüße aus "}}]}\r
        \r
        data:{"choices":[{"delta":{"content":"漢字 🚢\\n\\"quoted\\""},"finish_reason":"stop"}]}\r
        \r
        data:[DONE]\r
        \r
        """),
    /** vLLM's and llama.cpp's completions: what a piece repeats is not said again by chance. */
    COMPLETIONS(
        """
        data: {"object":"text_completion","choices":[{"index":0,"text":"Grüße aus "}]}

        data: {"object":"text_completion","choices":[{"index":0,"text":"漢字 🚢\\n"}]}

        data: {"object":"text_completion","choices":[{"index":0,"text":"\\"quoted\\"","finish_reason":"stop"}]}

        data: [DONE]

        """),
    /** LMI: JSON lines, the last of which repeats the whole. */
    LMI(
        """
        {"token": {"id": 5, "text": "Grüße aus ", "log_prob": -0.1}}
        {"token": {"id": 6, "text": "漢字 🚢\\n", "log_prob": -0.2}}
        {"token": {"id": 7, "text": "\\"quoted\\"", "log_prob": -0.3}, "generated_text": \
        "Grüße aus 漢字 🚢\\n\\"quoted\\"", "details": {"finish_reason": "eos_token", \
        "generated_tokens": 3, "inputs": null}}
        """),
    /** TGI: tokens as events, a special one last. */
    TGI(
        """
        data:{"index":1,"token":{"id":5,"text":"Grüße aus","logprob":-0.1,"special":false},"generated_text":null,"details":null}

        data:{"index":2,"token":{"id":6,"text":" 漢字 🚢\\n\\"quoted\\"","logprob":-0.1,"special":false},"generated_text":null,"details":null}

        data:{"index":3,"token":{"id":2,"text":"</s>","logprob":-0.1,"special":true},"generated_text":"Grüße aus 漢字 🚢\\n\\"quoted\\"","details":{"finish_reason":"eos_token","generated_tokens":3}}

        """);

    private final String stream;

    Form(String stream) {
      this.stream = stream;
    }
  }

  private static ChatModel.Reply read(StringBuilder streamed, byte[]... parts) {
    return new EndpointChatModel(
            new FakeRuntimeClient().answering(parts), new EndpointName("chat"), Optional.empty())
        .stream(ChatModelContract.request(Duration.ofSeconds(20)), streamed::append);
  }

  private static void assertRead(String how, byte[]... parts) {
    StringBuilder streamed = new StringBuilder();
    ChatModel.Reply reply = read(streamed, parts);
    assertThat(reply.text()).as(how).isEqualTo(TEXT);
    assertThat(streamed.toString()).as(how).isEqualTo(TEXT);
    assertThat(reply.finishReason()).as(how).contains(ChatModel.FinishReason.STOP);
  }

  @ParameterizedTest
  @EnumSource
  void isReadTheSameCutAtEveryByteAndAtManyAtOnce(Form form) {
    byte[] whole = Streams.bytes(form.stream);
    for (int cut = 0; cut <= whole.length; cut++) {
      assertRead(
          "cut at byte " + cut,
          Arrays.copyOfRange(whole, 0, cut),
          Arrays.copyOfRange(whole, cut, whole.length));
    }
    for (long seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      assertRead("seed " + seed, Streams.cut(whole, 1 + random.nextInt(60), random));
    }
  }

  @Test
  void aPieceThatHappensToRepeatTheBeginningIsNotLost() {
    StringBuilder streamed = new StringBuilder();

    read(
        streamed,
        Streams.bytes(
            """
            data: {"choices":[{"index":0,"text":"ha"}]}

            data: {"choices":[{"index":0,"text":"haha"}]}

            data: {"choices":[{"index":0,"text":"!","finish_reason":"stop"}]}

            """));

    assertThat(streamed).hasToString("hahaha!");
  }

  @Test
  void aLongAnswerIsStreamedAlsoForWhoWantsItWhole() {
    var client = new FakeRuntimeClient().answering(Streams.bytes(Form.VLLM.stream));
    var model = new EndpointChatModel(client, new EndpointName("chat"), Optional.empty());

    ChatModel.Reply reply = model.chat(ChatModelContract.request(Duration.ofSeconds(90)));

    assertThat(reply.text()).isEqualTo(TEXT);
    assertThat(
            new String(
                client.invocations().getFirst().body(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("\"stream\":true");
  }

  @Test
  void anAsynchronousEndpointIsAskedForAWholeAnswer() {
    var client = new FakeRuntimeClient().answering(Streams.completion(TEXT));
    var model = EndpointChatModel.async(client, new EndpointName("chat"));
    StringBuilder streamed = new StringBuilder();

    model.stream(ChatModelContract.request(Duration.ofMinutes(10)), streamed::append);

    assertThat(streamed).hasToString(TEXT);
    assertThat(
            new String(
                client.invocations().getFirst().body(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("\"stream\":false");
  }
}
