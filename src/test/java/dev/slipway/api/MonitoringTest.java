package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceQuery;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MonitoringTest {
  private static final String BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";
  private static final String PARENT = "00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01";

  private final RunningApi api = new RunningApi();

  @AfterAll
  void stop() {
    api.close();
  }

  static Trace trace(String id, Optional<String> error) {
    return new Trace(
        id,
        "r-1",
        Instant.parse("2026-01-02T03:04:05.678Z"),
        "/rag",
        "llm-twin",
        "chat",
        "c0ffee",
        "Why?",
        List.of(),
        "P",
        "A",
        OptionalInt.of(30),
        OptionalInt.of(5),
        Optional.of("stop"),
        List.of(
            new Trace.Step("embed", Duration.ZERO, Duration.ofMillis(2), Map.of()),
            new Trace.Step("first_token", Duration.ZERO, Duration.ofMillis(80), Map.of()),
            new Trace.Step("generate", Duration.ZERO, Duration.ofMillis(160), Map.of())),
        error);
  }

  @Test
  void feedbackIsKeptShownAndCounted() {
    String id = "f".repeat(32);
    api.traces.traces.add(trace(id, Optional.empty()));

    HttpResponse<String> kept =
        api.post("/traces/" + id + "/feedback", "{\"score\": -0.5, \"comment\": \" no \"}");

    assertThat(kept.statusCode()).isEqualTo(201);
    assertThat(RunningApi.json(kept.body()).get("name").textValue()).isEqualTo("user");
    assertThat(RunningApi.json(api.get("/traces/" + id).body()).get("feedback").get(0))
        .isEqualTo(RunningApi.json(kept.body()));
    assertThat(api.metric("slipway_feedback_total{verdict=\"negative\"}")).isEqualTo(1);
    assertThat(api.post("/traces/" + id + "/feedback", "{\"score\": 2}").statusCode())
        .isEqualTo(422);
    assertThat(api.post("/traces/" + id + "/feedback", "{}").statusCode()).isEqualTo(422);
    assertThat(api.post("/traces/" + "0".repeat(32) + "/feedback", "{\"score\": 1}").statusCode())
        .isEqualTo(404);
  }

  @Test
  void filtersReachTheLogAndWrongOnesAreRefused() {
    api.traces.traces.add(trace("e".repeat(32), Optional.empty()));
    api.traces.traces.add(trace("d".repeat(32), Optional.empty()));

    HttpResponse<String> page =
        api.get(
            "/traces?limit=1&q=a%20b&route=/rag&revision=c0&error=true"
                + "&since=2026-01-02T00:00:00Z&cursor=9-2");

    assertThat(RunningApi.json(page.body()).get("next").textValue()).isEqualTo("17-4");
    assertThat(RunningApi.json(page.body()).get("revisions").get(0).textValue())
        .isEqualTo("c0ffee");
    assertThat(api.traces.queries.getLast())
        .isEqualTo(
            new TraceQuery(
                Optional.of("a b"),
                Optional.of("/rag"),
                Optional.of("c0"),
                Optional.of(true),
                Optional.of(Instant.parse("2026-01-02T00:00:00Z")),
                Optional.empty(),
                1,
                Optional.of(new TraceQuery.Cursor(9, 2))));
    for (String wrong : List.of("cursor=x", "error=maybe", "since=yesterday", "q=")) {
      assertThat(api.get("/traces?" + wrong).statusCode()).as(wrong).isEqualTo(422);
    }
  }

  @Test
  void aQuestionBelongsToItsCallersSpan() {
    api.post("/rag", "{\"query\":\"x\"}", Map.of("traceparent", PARENT));
    assertThat(api.answerer.last().parent().orElseThrow().header()).isEqualTo(PARENT);

    api.post("/rag", "{\"query\":\"x\"}", Map.of("traceparent", "nonsense"));
    assertThat(api.answerer.last().parent()).isEmpty();
  }

  @Test
  void browsersGetPagesAndAllOthersJson() {
    for (String path : List.of("/traces", "/traces/" + "c".repeat(32))) {
      HttpResponse<String> page = api.send("GET", path, null, Map.of("Accept", BROWSER));
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("content-type").orElseThrow()).startsWith("text/html");
      assertThat(page.headers().firstValue("vary")).contains("Accept");
    }
    for (String accept : List.of("*/*", "application/json")) {
      HttpResponse<String> list = api.send("GET", "/traces", null, Map.of("Accept", accept));
      assertThat(list.headers().firstValue("content-type")).contains("application/json");
    }
  }

  /** A file that is named and not served, and a script within a page, would both go unseen. */
  @Test
  void thePagesLoadTheirOwnPartsOnlyUnderAStrictPolicy() {
    for (String path : List.of("/", "/traces", "/traces/" + "c".repeat(32))) {
      HttpResponse<String> page = api.send("GET", path, null, Map.of("Accept", BROWSER));
      assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
          .contains("default-src 'none'", "script-src 'self';", "require-trusted-types-for");
      assertThat(page.body())
          .doesNotContainPattern("<script>|<script [^>]*>[^<]|style=| on[a-z]+=\"|https?://");
      Matcher links =
          Pattern.compile("(?:src|href)=\"([^\"#]*pages/[^\"]+)\"").matcher(page.body());
      int parts = 0;
      while (links.find()) {
        parts++;
        String part = api.uri(path).resolve(links.group(1)).getPath();
        assertThat(api.send("GET", part, null, Map.of()).statusCode()).as(part).isEqualTo(200);
      }
      assertThat(parts).isGreaterThanOrEqualTo(3);
    }
    for (String script :
        List.of("service", "elements", "playground", "monitor", "plots", "compare", "trace")) {
      String text = api.send("GET", "/pages/" + script + ".js", null, Map.of()).body();
      assertThat(text)
          .as(script)
          .doesNotContain("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(");
      Matcher imports = Pattern.compile("from '\\./([a-z]+)\\.js'").matcher(text);
      while (imports.find()) {
        String part = "/pages/" + imports.group(1) + ".js";
        assertThat(api.send("GET", part, null, Map.of()).statusCode()).as(part).isEqualTo(200);
      }
    }
  }
}
