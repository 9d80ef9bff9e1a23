package dev.slipway.local.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyReaderTest {
  private final BodyReader reader = new BodyReader();

  @Test
  void readsAChat() {
    Invocation.Chat chat =
        (Invocation.Chat)
            read(
                """
                {"model":"m","messages":[{"role":"system","content":"s"},
                 {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}],
                 "temperature":0,"top_p":0.5,"top_k":7,"min_p":0.1,"presence_penalty":-1,
                 "frequency_penalty":2,"repetition_penalty":1.5,"max_completion_tokens":9,
                 "max_tokens":3,"stop":["x","y"],"seed":-5,"stream":true,
                 "stream_options":{"include_usage":true}}""");
    assertThat(chat.messages())
        .containsExactly(
            new Invocation.Message("system", "s"), new Invocation.Message("user", "a\nb"));
    assertThat(chat.model()).isEqualTo("m");
    assertThat(chat.stream()).isTrue();
    assertThat(chat.includeUsage()).isTrue();
    assertThat(chat.sampling())
        .isEqualTo(
            new Sampling(
                0,
                0.5f,
                7,
                0.1f,
                -1,
                2,
                1.5f,
                OptionalInt.of(9),
                List.of("x", "y"),
                OptionalLong.of(-5),
                false));
  }

  @Test
  void inputsAreGreedyUnlessSamplingIsAskedFor() {
    assertThat(read("{\"inputs\":\"a\"}").sampling().temperature()).isZero();
    assertThat(read("{\"inputs\":\"a\",\"parameters\":{\"temperature\":0.7}}").sampling())
        .extracting(Sampling::temperature)
        .isEqualTo(0.7f);
    assertThat(
            read("{\"inputs\":\"a\",\"parameters\":{\"temperature\":0.7,\"do_sample\":false}}")
                .sampling()
                .temperature())
        .isZero();
    assertThat(read("{\"inputs\":\"a\"}").sampling().maxTokens()).hasValue(30);
  }

  @Test
  void halvesOfCharactersAreReplaced() {
    Invocation.Completion completion =
        (Invocation.Completion) read("{\"prompt\":\"a\\ud83d\",\"stop\":\"\\ude00\"}");
    assertThat(completion.prompts()).containsExactly("a?");
    assertThat(completion.sampling().stop()).containsExactly("?");
  }

  @Test
  void whatTheEngineCannotDoIsRefusedAndNotIgnored() {
    refused("{\"prompt\":\"a\",\"n\":2}").isEqualTo("n: must be 1 for the embedded engine, is 2.");
    refused("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"tools\":[{}]}")
        .startsWith("tools: the embedded engine can't do this");
    refused("{\"prompt\":\"a\",\"response_format\":{\"type\":\"json_object\"}}")
        .startsWith("response_format: must be");
    assertThat(read("{\"prompt\":\"a\",\"n\":1,\"logprobs\":null,\"tools\":[]}")).isNotNull();
  }

  @Test
  void wrongFieldsAreNamed() {
    refused("{\"prompt\":\"a\",\"temperature\":-0.1}")
        .isEqualTo("temperature: must be a number from 0 to 100, is -0.1.");
    refused("{\"prompt\":\"a\",\"max_tokens\":0}")
        .isEqualTo("max_tokens: must be a whole number, at least 1, is 0.");
    refused("{\"inputs\":\"a\",\"parameters\":{\"max_new_tokens\":1.5}}")
        .isEqualTo("parameters.max_new_tokens: must be a whole number, at least 1, is 1.5.");
    refused("{\"messages\":[{\"role\":\"tool\",\"content\":\"a\"}]}")
        .startsWith("messages[0].role: must be");
    refused("{\"prompt\":\"a\",\"stop\":\"\"}").startsWith("stop: must be at most 32 texts");
    refused("{\"prompt\":\"a\",\"top_p\":0}").startsWith("top_p: must be");
    refused("{\"prompt\":[\"a\",\"b\"],\"stream\":true}").startsWith("prompt: must be one text");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "null",
        "{}",
        "{\"messages\":[]}",
        "{\"messages\":{}}",
        "{\"messages\":[1]}",
        "{\"messages\":[{\"role\":\"user\"}]}",
        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}",
        "{\"prompt\":[]}",
        "{\"prompt\":[1,2]}",
        "{\"prompt\":{\"a\":\"b\"}}",
        "{\"inputs\":null}",
        "{\"inputs\":\"a\",\"parameters\":[]}",
        "{\"prompt\":\"a\"} {}",
        "{\"prompt\":\"a\",\"seed\":1e400}",
        "{\"prompt\":\"a\",\"temperature\":1e400}",
        "{\"prompt\":\"a\",\"stream\":\"yes\"}"
      })
  void otherBodiesAreRefused(String body) {
    refused(body).isNotEmpty();
  }

  @Test
  void mutatedBodiesAreReadOrRefusedAndNothingElse() {
    long seed = 42;
    Random random = new Random(seed);
    byte[] whole =
        """
        {"messages":[{"role":"user","content":"a"}],"temperature":0.5,"stop":["x"],"seed":1,
        "inputs":["a"],"parameters":{"top_k":3},"prompt":"b","stream_options":{"a":[[{}]]}}"""
            .getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 20_000; round++) {
      byte[] body = whole.clone();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        body[random.nextInt(body.length)] =
            random.nextBoolean() ? (byte) random.nextInt(256) : body[random.nextInt(body.length)];
      }
      try {
        assertThat(reader.read(body)).isNotNull();
      } catch (RequestProblem e) {
        assertThat(e.status()).as("seed %d, round %d", seed, round).isEqualTo(400);
      }
    }
  }

  private Invocation read(String body) {
    return reader.read(body.getBytes(StandardCharsets.UTF_8));
  }

  private AbstractStringAssert<?> refused(String body) {
    RequestProblem problem =
        assertThatExceptionOfType(RequestProblem.class).isThrownBy(() -> read(body)).actual();
    assertThat(problem.status()).isEqualTo(400);
    return assertThat(problem.text());
  }
}
