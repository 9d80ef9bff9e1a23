package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.slipway.access.Credentials;
import dev.slipway.access.Denied;
import dev.slipway.access.Identity;
import dev.slipway.access.Scope;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.failure.Withheld;
import dev.slipway.manifest.ApiSpec;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What stands between a caller and the model. */
final class ProtectionTest {
  /** Takes NAME:SCOPE tokens; tenants' begin with a t. */
  private static final Credentials NAMED =
      token -> {
        if (token.equals("old:ask")) {
          throw new Denied("The token has expired.");
        }
        String[] parts = token.split(":", 2);
        return Optional.of(parts)
            .filter(p -> p.length == 2)
            .map(
                p ->
                    new Identity(
                        p[0],
                        p[0].startsWith("t") ? Optional.of(p[0]) : Optional.empty(),
                        Set.of(Scope.of(p[1]).orElseThrow())));
      };

  private static final String ASK = "{\"query\":\"x\"}";

  private static RunningApi api(ApiSpec.Limits limits, Entrance entrance) {
    return new RunningApi(limits, entrance, ApiServer.Listen.loopback(0));
  }

  private static Map<String, String> key(String token) {
    return Map.of("Authorization", "Bearer " + token, "Content-Type", "application/json");
  }

  @Test
  void aKeyOpensWhatItsScopesSay() {
    try (RunningApi api = api(RunningApi.WIDE, Entrance.local(List.of(NAMED)))) {
      assertThat(api.post("/rag", ASK, key("ann:ask")).statusCode()).isEqualTo(200);
      HttpResponse<String> refused = api.post("/rag", ASK, key("ann:traces"));
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.headers().firstValue("www-authenticate").orElseThrow())
          .contains("insufficient_scope", "scope=\"ask\"");
      assertThat(status(api, "/traces", "ann:ask")).isEqualTo(403);
      assertThat(status(api, "/traces", "ann:traces")).isEqualTo(200);
      assertThat(status(api, "/traces", "ann:admin")).isEqualTo(200);
      // What prompt monitoring keeps is of all tenants.
      assertThat(status(api, "/traces", "tom:traces")).isEqualTo(403);
      assertThat(api.post("/rag", ASK, key("tom:ask")).statusCode()).isEqualTo(200);
      assertThat(api.answerer.last().tenant()).contains("tom");

      HttpResponse<String> expired = api.post("/rag", ASK, key("old:ask"));
      assertThat(expired.statusCode()).isEqualTo(401);
      assertThat(expired.headers().firstValue("www-authenticate"))
          .contains(
              "Bearer realm=\"slipway\", error=\"invalid_token\","
                  + " error_description=\"The token has expired.\"");
    }
  }

  private static int status(RunningApi api, String path, String token) {
    return api.checked("GET", path, api.send("GET", path, null, key(token))).statusCode();
  }

  @Test
  void withoutKeysOnlyThisMachinesOwnNamesAndPagesAreAnswered() throws Exception {
    try (RunningApi api = new RunningApi()) {
      for (String host : List.of("evil.example", "127.0.0.1.evil.example", "10.0.0.1", "x")) {
        assertThat(
                api.raw("GET /traces HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
            .as(host)
            .startsWith("HTTP/1.1 421 ");
      }
      for (String host : List.of("localhost:1", "LOCALHOST", "127.9.9.9", "[::1]:80")) {
        assertThat(
                api.raw("GET /traces HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
            .as(host)
            .startsWith("HTTP/1.1 200 ");
      }
      String own = "http://127.0.0.1:" + api.server.port();
      assertThat(api.post("/rag", ASK, Map.of("Origin", own)).statusCode()).isEqualTo(200);
      for (String origin : List.of("https://evil.example", "null", "http://127.0.0.1:1")) {
        assertThat(api.post("/rag", ASK, Map.of("Origin", origin)).statusCode())
            .as(origin)
            .isEqualTo(403);
      }
      assertThat(api.answerer.questions).hasSize(1);
    }
  }

  @Test
  void pagesOfTheOriginsNamedMayReadAnswersAndNoOthers() {
    Entrance entrance =
        new Entrance(
            Entrance.LOOPBACK, List.of(NAMED), List.of("https://chat.example"), Optional.empty());
    try (RunningApi api = api(RunningApi.WIDE, entrance)) {
      Map<String, String> preflight =
          Map.of("Origin", "https://chat.example", "Access-Control-Request-Method", "POST");
      HttpResponse<String> asked = api.send("OPTIONS", "/rag", null, preflight);
      assertThat(asked.statusCode()).isEqualTo(204);
      assertThat(asked.headers().firstValue("access-control-allow-origin"))
          .contains("https://chat.example");
      assertThat(asked.headers().firstValue("access-control-allow-headers").orElseThrow())
          .contains("Authorization");
      assertThat(asked.headers().firstValue("vary")).contains("Origin");

      HttpResponse<String> other =
          api.send("OPTIONS", "/rag", null, Map.of("Origin", "https://evil.example"));
      assertThat(other.headers().firstValue("access-control-allow-origin")).isEmpty();
      assertThat(other.headers().firstValue("access-control-allow-headers")).isEmpty();
    }
  }

  @Test
  void everyAnswerCarriesTheHeadersThatBrowsersHeed() {
    try (RunningApi api = new RunningApi()) {
      for (String path : List.of("/rag", "/traces", "/health/live", "/nowhere")) {
        var headers = api.send("GET", path, null, Map.of()).headers();
        assertThat(headers.firstValue("x-content-type-options")).as(path).contains("nosniff");
        assertThat(headers.firstValue("content-security-policy")).as(path).isPresent();
        assertThat(headers.firstValue("cache-control")).as(path).contains("no-store");
      }
    }
  }

  @Test
  void aRefusalByACheckIsForbiddenAndSoToldInAStream() {
    try (RunningApi api = new RunningApi()) {
      api.answerer.script =
          (question, progress) -> {
            if (question.stream()) {
              progress.token("so far");
            }
            throw new Withheld("answer_withheld", "The answer is withheld", "a check", "Ask on.");
          };

      assertThat(api.post("/rag", ASK).statusCode()).isEqualTo(403);
      String streamed = api.post("/rag", "{\"query\":\"x\",\"stream\":true}").body();
      assertThat(RunningApi.Event.parse(streamed).getLast().data()).contains("answer_withheld");
      assertThat(api.metric("slipway_rejected_total{reason=\"check\"}")).isEqualTo(2);
    }
  }

  @Test
  void tokensOfTheDayAreShownAndAnAnswerThatBreaksOffIsCountedToo() {
    ApiSpec.Limits limits =
        new ApiSpec.Limits(
            8,
            1000,
            OptionalLong.of(100),
            10_000,
            Duration.ofSeconds(20),
            OptionalInt.empty(),
            OptionalInt.empty());
    try (RunningApi api = new RunningApi(limits, Optional.empty())) {
      api.answerer.script =
          (question, progress) -> {
            progress.token("y".repeat(100));
            throw new IllegalStateException("broke off");
          };
      HttpResponse<String> first = api.post("/rag", "{\"query\":\"x\",\"stream\":true}");
      assertThat(first.headers().firstValue("x-ratelimit-limit-tokens")).contains("100");
      assertThat(first.headers().firstValue("x-ratelimit-remaining-tokens")).contains("100");

      HttpResponse<String> second = api.get("/traces");
      assertThat(second.headers().firstValueAsLong("x-ratelimit-remaining-tokens").orElseThrow())
          .isBetween(60L, 80L);
    }
  }

  @Test
  void promptsAndAnswersAreHeldToTheirTokens() {
    ApiSpec.Limits limits =
        new ApiSpec.Limits(
            8,
            1000,
            OptionalLong.empty(),
            10_000,
            Duration.ofSeconds(20),
            OptionalInt.of(10),
            OptionalInt.of(50));
    FakeAnswerer inner = new FakeAnswerer();
    try (RunningApi api = new RunningApi(limits, Optional.empty())) {
      var limited =
          new LimitedAnswerer(
              inner,
              limits,
              new dev.slipway.rag.TokenCounter() {
                @Override
                public int count(String text) {
                  return text.split(" ", -1).length;
                }

                @Override
                public boolean exact() {
                  return true;
                }
              });
      api.answerer.script = limited::answer;
      String chat =
          "{\"model\":\"llm-twin\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}";

      HttpResponse<String> tooLong =
          api.post("/v1/chat/completions", chat.formatted("a ".repeat(10), ""));
      assertThat(tooLong.statusCode()).isEqualTo(400);
      assertThat(tooLong.body()).contains("context_length_exceeded");
      assertThat(api.post("/v1/chat/completions", chat.formatted("a", ",\"max_tokens\":51")).body())
          .contains("at most 50 tokens");
      assertThat(inner.questions).isEmpty();
      assertThat(api.post("/v1/chat/completions", chat.formatted("a", "")).statusCode())
          .isEqualTo(200);
      assertThat(inner.last().sampling().maxTokens()).hasValue(50);
    }
  }

  @Test
  void theLogHoldsNoPromptNoAnswerAndNoKey() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Logger ours = (Logger) LoggerFactory.getLogger("dev.slipway");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Level before = ours.getLevel();
    root.addAppender(log);
    ours.setLevel(Level.INFO);
    try (RunningApi api = api(RunningApi.WIDE, Entrance.local(List.of(NAMED)))) {
      String question = "{\"query\":\"tell me xyzzy\"%s}";
      assertThat(api.post("/rag", question.formatted(""), key("plugh:ask")).statusCode())
          .isEqualTo(200);
      api.post("/rag", question.formatted(",\"k\":\"xyzzy\""), key("plugh:ask"));
      api.send("POST", "/rag?xyzzy=1", "{\"xyzzy", key("plugh:ask"));
      api.send("GET", "/xyzzy", null, key("plugh-wrong"));
      api.post("/rag", question.formatted(""), key("plugh-wrong"));
      api.answerer.script =
          (asked, progress) -> {
            ChatModel.Message message = asked.messages().getFirst();
            throw new IllegalStateException("cannot say " + message.content());
          };
      assertThat(api.post("/rag", question.formatted(""), key("plugh:ask")).statusCode())
          .isEqualTo(500);
    } finally {
      root.detachAppender(log);
      ours.setLevel(before);
    }

    StringBuilder text = new StringBuilder();
    for (ILoggingEvent event : List.copyOf(log.list)) {
      text.append(event.getFormattedMessage()).append('\n');
      if (event.getThrowableProxy() != null) {
        text.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
    assertThat(text.toString()).contains("POST /rag 200", "failed unexpectedly");
    assertThat(text.toString()).doesNotContain("xyzzy").doesNotContain("plugh");
  }
}
