package dev.slipway.local.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks the real process with the real model over real HTTP. */
class ContainerTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SYSTEM = "Answer the question with the context below.";
  private static final String QUESTION =
      "Context:\n[1] A bucket is a thing that holds seven items for the stack.\n"
          + "[2] Cats purr.\n\nQuestion: What is a bucket?";
  private static final String ANSWER = " A bucket is a thing that holds seven items for the stack.";

  private static RunningContainer container;
  private static HttpClient http;
  private static ContainerClient client;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    container =
        RunningContainer.start(
            folder, "--model", "../demo-model/model.gguf", "--parallel", "4", "--queue", "40");
    client = new ContainerClient(http, JSON.readTree(container.report()).path("port").intValue());
    assertThat(JSON.readTree(container.report()).path("status").asText()).isEqualTo("ready");
  }

  @AfterAll
  static void stop() {
    container.close();
    http.close();
  }

  @Test
  void pingAnswers200OnceLoaded() throws Exception {
    HttpResponse<String> ping = client.get("/ping");
    assertThat(ping.statusCode()).isEqualTo(200);
    assertThat(ping.body()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void answersAChatWithRealUsage() throws Exception {
    JsonNode answer = client.ask(chat(Map.of("temperature", 0, "max_tokens", 96)));
    assertThat(answer.path("object").asText()).isEqualTo("chat.completion");
    JsonNode choice = answer.path("choices").path(0);
    assertThat(choice.at("/message/content").asText()).isEqualTo(ANSWER);
    assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
    int prompt = client.ask("/tokenize", chat(Map.of())).path("count").intValue();
    // The answer's own tokens, less the begin token that a prompt gets, plus the end-of-turn one.
    int completion = client.count(ANSWER) - 1 + 1;
    assertThat(answer.path("usage"))
        .isEqualTo(
            JSON.readTree(
                "{\"prompt_tokens\":%d,\"total_tokens\":%d,\"completion_tokens\":%d}"
                    .formatted(prompt, prompt + completion, completion)));
  }

  @Test
  void chatIsRenderedAsTheModelWasTrained() throws Exception {
    String rendered =
        "<|system|>\n%s<|end|>\n<|user|>\n%s<|end|>\n<|assistant|>\n".formatted(SYSTEM, QUESTION);
    assertThat(client.count(rendered))
        .isEqualTo(client.ask("/tokenize", chat(Map.of())).path("count").asInt());
    JsonNode answer = client.ask(Map.of("prompt", rendered, "temperature", 0, "max_tokens", 96));
    assertThat(answer.path("object").asText()).isEqualTo("text_completion");
    assertThat(answer.at("/choices/0/text").asText()).isEqualTo(ANSWER);
    JsonNode whole = client.ask(chat(Map.of("temperature", 0, "max_tokens", 96)));
    assertThat(answer.path("usage")).isEqualTo(whole.path("usage"));
  }

  @Test
  void boundOnTokensIsTheirNumberAndTheReason() throws Exception {
    JsonNode answer = client.ask(chat(Map.of("temperature", 0, "max_tokens", 5)));
    assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
    assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(5);
    assertThat(ANSWER).startsWith(answer.at("/choices/0/message/content").asText());
  }

  @Test
  void answerEndsWhereTheContextDoes() throws Exception {
    JsonNode answer =
        client.ask(
            Map.of("prompt", "a b c", "max_tokens", 5_000, "ignore_eos", true, "temperature", 0));
    assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
    assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(512);
  }

  @Test
  void charactersBeyondTheBasicPlaneArriveWhole() throws Exception {
    String words = "Say 😀 \u0000 \uE800 é " + "世界".repeat(3);
    String rendered = "<|user|>\n%s<|end|>\n<|assistant|>\n".formatted(words);
    Map<String, Object> chat =
        Map.of("messages", List.of(Map.of("role", "user", "content", words)));
    assertThat(client.ask("/tokenize", chat).path("count").asInt())
        .isEqualTo(client.count(rendered));
  }

  @Test
  void anyTextAtAllIsAPrompt() throws Exception {
    long seed = 11;
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      StringBuilder words = new StringBuilder("a");
      for (int i = random.nextInt(12); i > 0; i--) {
        words.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
      }
      Map<String, Object> body =
          random.nextBoolean()
              ? Map.of("prompt", words.toString(), "max_tokens", 1)
              : Map.of(
                  "messages",
                  List.of(Map.of("role", "user", "content", words.toString())),
                  "stop",
                  List.of(words.toString()),
                  "max_tokens",
                  2);
      assertThat(client.post("/invocations", body).statusCode())
          .as("seed %d, round %d", seed, round)
          .isEqualTo(200);
    }
  }

  @Test
  void stopTextEndsTheAnswerAndIsNoPartOfIt() throws Exception {
    Map<String, Object> body = chat(Map.of("temperature", 0, "stop", List.of("that holds")));
    JsonNode answer = client.ask(body);
    assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo(" A bucket is a thing ");
    assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(client.streamed(body).text()).isEqualTo(" A bucket is a thing ");
  }

  @Test
  void streamedIsTheSameTextAsWhole() throws Exception {
    Map<String, Object> more =
        Map.of("temperature", 0, "stream_options", Map.of("include_usage", true));
    ContainerClient.Streamed streamed = client.streamed(chat(more));
    assertThat(streamed.text()).isEqualTo(ANSWER);
    assertThat(streamed.pieces()).hasSizeGreaterThan(5);
    assertThat(streamed.finishReason()).isEqualTo("stop");
    assertThat(streamed.usage())
        .isEqualTo(client.ask(chat(Map.of("temperature", 0))).path("usage"));
  }

  @Test
  void sameSeedIsTheSameTextAndAnotherSeedAnother() throws Exception {
    Map<String, Object> body = Map.of("prompt", "Once", "max_tokens", 40, "temperature", 1.5);
    String first = client.text(with(body, "seed", 5));
    assertThat(client.text(with(body, "seed", 5))).isEqualTo(first);
    assertThat(client.text(with(body, "seed", 6))).isNotEqualTo(first);
    assertThat(client.text(with(with(body, "seed", 6), "top_k", 1)))
        .isEqualTo(client.text(with(body, "temperature", 0)));
  }

  @Test
  void penaltiesChangeTheText() throws Exception {
    Map<String, Object> body =
        Map.of("prompt", "word word word", "max_tokens", 40, "temperature", 0, "ignore_eos", true);
    assertThat(client.text(with(body, "repetition_penalty", 2))).isNotEqualTo(client.text(body));
    assertThat(client.text(with(body, "frequency_penalty", 2))).isNotEqualTo(client.text(body));
  }

  @Test
  void inputsAreAnsweredAsLmiDoes() throws Exception {
    Map<String, Object> parameters = Map.of("max_new_tokens", 4, "details", true);
    JsonNode one = client.ask(Map.of("inputs", "Hello there", "parameters", parameters));
    assertThat(one.at("/details/finish_reason").asText()).isEqualTo("length");
    assertThat(one.at("/details/generated_tokens").asInt()).isEqualTo(4);
    JsonNode list =
        client.ask(Map.of("inputs", List.of("Hello there", "b"), "parameters", parameters));
    assertThat(list).hasSize(2);
    assertThat(list.path(0)).isEqualTo(one);
    String lines =
        client
            .post(
                "/invocations",
                Map.of("inputs", "Hello there", "parameters", parameters, "stream", true))
            .body();
    List<JsonNode> tokens = new ArrayList<>();
    for (String line : lines.lines().toList()) {
      tokens.add(JSON.readTree(line));
    }
    StringBuilder text = new StringBuilder();
    tokens.forEach(token -> text.append(token.at("/token/text").asText()));
    assertThat(text.toString()).isEqualTo(one.path("generated_text").asText());
    assertThat(tokens.getLast().path("generated_text")).isEqualTo(one.path("generated_text"));
    assertThat(tokens.getLast().path("details")).isEqualTo(one.path("details"));
  }

  @Test
  void promptLongerThanTheContextIsRefusedWithBothNumbers() throws Exception {
    String prompt = "word ".repeat(700);
    HttpResponse<String> answer = client.post("/invocations", Map.of("prompt", prompt));
    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode error = JSON.readTree(answer.body()).path("error");
    assertThat(error.path("message").asText())
        .contains("512 tokens", client.count(prompt) + " tokens");
    assertThat(error.path("code").asInt()).isEqualTo(400);
    assertThat(error.path("type").asText()).isEqualTo("BadRequestError");
    assertThat(error.has("param")).isTrue();
  }

  @Test
  void bodyBeyondTheLimitIsRefused() throws Exception {
    HttpResponse<String> answer =
        client.post("/invocations", Map.of("prompt", "x".repeat(6_291_456)));
    assertThat(answer.statusCode()).isEqualTo(413);
  }

  @Test
  void concurrentRequestsGetTheTextThatTheyGetAlone() throws Exception {
    List<Map<String, Object>> bodies = new ArrayList<>();
    List<String> things =
        List.of("bucket", "queue", "table", "role", "alarm", "stack", "image", "topic");
    for (int i = 0; i < 16; i++) {
      String thing = things.get(i % things.size());
      String context =
          "[1] The %s number %d holds the %s.\n[2] Glass is made of sand and fire."
              .formatted(thing, i, things.get((i + 3) % things.size()));
      bodies.add(
          Map.of(
              "messages",
              List.of(
                  Map.of("role", "system", "content", SYSTEM),
                  Map.of(
                      "role",
                      "user",
                      "content",
                      "Context:\n" + context + "\n\nQuestion: What does the " + thing + " hold?")),
              "temperature",
              0,
              "max_tokens",
              48));
    }
    List<String> alone = new ArrayList<>();
    for (Map<String, Object> body : bodies) {
      alone.add(client.ask(body).at("/choices/0/message/content").asText());
    }
    assertThat(java.util.Set.copyOf(alone)).hasSizeGreaterThan(8);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 3; round++) {
        List<Callable<String>> asks = new ArrayList<>();
        for (Map<String, Object> body : bodies) {
          asks.add(
              round == 1
                  ? () -> client.streamed(body).text()
                  : () -> client.ask(body).at("/choices/0/message/content").asText());
        }
        List<String> together = new ArrayList<>();
        for (Future<String> answer : threads.invokeAll(asks)) {
          together.add(answer.get());
        }
        assertThat(together).isEqualTo(alone);
      }
    }
  }

  @Test
  void generationStopsWhenAStreamingClientLeaves() throws Exception {
    long cancelled = client.engine().path("cancelled").asLong();
    long tokens = client.engine().path("tokens").asLong();
    HttpResponse<InputStream> answer =
        http.send(
            client.request("/invocations", with(endless(), "stream", true)),
            HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = answer.body()) {
      assertThat(in.read()).isEqualTo('d');
    }
    client.await(engine -> engine.path("cancelled").asLong() == cancelled + 1);
    assertThat(client.engine().path("tokens").asLong() - tokens).isLessThan(500);
  }

  @Test
  void generationStopsWhenAWaitingClientLeaves() throws Exception {
    long cancelled = client.engine().path("cancelled").asLong();
    var answer =
        http.sendAsync(
            client.request("/invocations", endless()), HttpResponse.BodyHandlers.discarding());
    client.await(engine -> engine.path("active").asInt() > 0);
    assertThat(answer.cancel(true)).isTrue();
    client.await(engine -> engine.path("cancelled").asLong() == cancelled + 1);
  }

  @Test
  void generationStopsAtItsDeadline() throws Exception {
    long cancelled = client.engine().path("cancelled").asLong();
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(client.uri("/invocations"))
                .header("X-Slipway-Deadline-Ms", "50")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(endless())))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(504);
    client.await(engine -> engine.path("cancelled").asLong() == cancelled + 1);
  }

  @Test
  void requestsBeyondTheQueueAreTurnedAwayAtOnce() throws Exception {
    List<Map<String, Object>> bodies = new ArrayList<>();
    // 64 answers of one request: more than the 4 slots and the 40 places in the queue.
    bodies.add(with(with(endless(), "prompt", java.util.Collections.nCopies(64, "a")), "n", 1));
    HttpResponse<String> answer = client.post("/invocations", bodies.getFirst());
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
    client.await(
        engine -> engine.path("active").asInt() == 0 && engine.path("waiting").asInt() == 0);
  }

  @Test
  void promptsAreNotLogged() throws Exception {
    client.ask(Map.of("prompt", "zanzibar zanzibar", "max_tokens", 2));
    client.post("/invocations", Map.of("prompt", "zanzibar ".repeat(700)));
    client.post("/invocations", Map.of("prompt", Map.of("zanzibar", 1)));
    assertThat(Files.readString(container.standardError)).doesNotContain("zanzibar");
  }

  private static Map<String, Object> chat(Map<String, Object> more) {
    Map<String, Object> body = new java.util.LinkedHashMap<>(more);
    body.put(
        "messages",
        List.of(
            Map.of("role", "system", "content", SYSTEM),
            Map.of("role", "user", "content", QUESTION)));
    return body;
  }

  private static Map<String, Object> endless() {
    return Map.of("prompt", "a b c", "max_tokens", 505, "ignore_eos", true);
  }

  private static Map<String, Object> with(Map<String, Object> body, String name, Object value) {
    Map<String, Object> more = new java.util.LinkedHashMap<>(body);
    more.put(name, value);
    return more;
  }
}
