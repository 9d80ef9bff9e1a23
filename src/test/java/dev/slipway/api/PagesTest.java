package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.trace.Trace;
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
class PagesTest {
  private final RunningApi api = new RunningApi();

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void readinessTellsItsReasons() {
    assertThat(api.get("/health/ready").body())
        .isEqualTo(
            "{\"status\":\"ready\",\"checks\":"
                + "[{\"name\":\"endpoint\",\"ready\":true,\"state\":\"ready\",\"reason\":null}]}");
    Readiness before = api.readiness.get();
    api.readiness.set(
        new Readiness(
            List.of(
                Readiness.Check.notReady("endpoint", "Creating"), Readiness.Check.ready("index"))));
    try {
      HttpResponse<String> response = api.get("/health/ready");

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.headers().firstValue("retry-after")).isPresent();
      JsonNode body = RunningApi.json(response.body());
      assertThat(body.get("status").textValue()).isEqualTo("not_ready");
      assertThat(body.get("checks").get(0).get("reason").textValue()).isEqualTo("Creating");
      assertThat(api.get("/health/live").statusCode()).isEqualTo(200);
    } finally {
      api.readiness.set(before);
    }
  }

  @Test
  void tracesAreListedNewestFirstAndFoundById() {
    Trace newer = trace("b".repeat(32), Optional.of("endpoint_timeout"));
    Trace older = trace("a".repeat(32), Optional.empty());
    api.traces.traces.addAll(List.of(newer, older));

    JsonNode list = RunningApi.json(api.get("/traces").body()).get("traces");
    assertThat(list.findValuesAsText("request_id")).containsExactly("r-1", "r-1");
    assertThat(RunningApi.json(api.get("/traces?limit=1").body()).get("traces")).hasSize(1);
    assertThat(RunningApi.json(api.get("/traces/" + older.id()).body()))
        .isEqualTo(
            RunningApi.json(
                """
                {"id": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "request_id": "r-1",
                 "started": "2026-01-02T03:04:05.678Z", "route": "/rag",
                 "deployment": "llm-twin", "model": "m", "revision": "c0ffee", "query": "Why?",
                 "retrieved": [{"id": "p-1", "score": 0.5}], "prompt": "P", "answer": "A",
                 "prompt_tokens": 3, "completion_tokens": null, "finish_reason": "stop",
                 "timings": {"retrieve": 2.5},
                 "steps": [{"name": "retrieve", "start": 1.0, "time": 2.5, "notes": {"k": "3"}}],
                 "error": null, "parent": null, "feedback": []}
                """));
    assertThat(api.get("/traces/" + "c".repeat(32)).statusCode()).isEqualTo(404);
    assertThat(api.get("/traces/x%2fy").statusCode()).isEqualTo(404);
    HttpResponse<String> wrong = api.get("/traces?limit=0");
    assertThat(wrong.statusCode()).isEqualTo(422);
    assertThat(RunningApi.json(wrong.body()).get("detail").get(0).get("loc"))
        .isEqualTo(RunningApi.json("[\"query\",\"limit\"]"));
    assertThat(api.get("/traces?limit=x").body()).contains("int_parsing");
    assertThat(api.get("/traces?limit=%31&other=2").statusCode()).isEqualTo(200);
  }

  private static Trace trace(String id, Optional<String> error) {
    return new Trace(
        id,
        "r-1",
        Instant.parse("2026-01-02T03:04:05.678Z"),
        "/rag",
        "llm-twin",
        "m",
        "c0ffee",
        "Why?",
        List.of(new Trace.Retrieved("p-1", 0.5)),
        "P",
        "A",
        OptionalInt.of(3),
        OptionalInt.empty(),
        Optional.of("stop"),
        List.of(
            new Trace.Step(
                "retrieve", Duration.ofMillis(1), Duration.ofNanos(2_500_000), Map.of("k", "3"))),
        error);
  }

  @Test
  void theDocsPageLoadsOnlyItsOwnRelativeParts() {
    HttpResponse<String> page = api.get("/docs");

    assertThat(page.headers().firstValue("content-type").orElseThrow()).startsWith("text/html");
    assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self';", "frame-ancestors 'none'");
    Matcher links = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(page.body());
    int found = 0;
    while (links.find()) {
      found++;
      assertThat(links.group(1)).startsWith("docs/");
      HttpResponse<String> part = api.get("/" + links.group(1));
      assertThat(part.statusCode()).as(links.group(1)).isEqualTo(200);
      assertThat(part.body()).isNotEmpty();
      String tag = part.headers().firstValue("etag").orElseThrow();
      HttpResponse<String> again =
          api.send("GET", "/" + links.group(1), null, Map.of("If-None-Match", tag));
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
    }
    assertThat(found).isEqualTo(4);
    assertThat(page.body()).doesNotContainPattern("<script>|<script [^>]*>[^<]|style=|onclick=");
    assertThat(api.get("/docs/init.js").body()).contains("openapi.json");
  }

  @Test
  void metricsAreInPrometheusFormat() {
    api.post("/rag", "{\"query\":\"x\",\"stream\":true}");
    api.send("BREW", "/coffee?x=secret", null, Map.of());

    HttpResponse<String> response = api.get("/metrics");

    assertThat(response.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body())
        .contains(
            "slipway_http_requests_total{method=\"POST\",route=\"/rag\",status=\"200\"}",
            "slipway_http_requests_total{method=\"other\",route=\"unmatched\",status=\"404\"} 1.0",
            "slipway_http_request_duration_seconds_bucket{route=\"/rag\",le=\"0.005\"}",
            "http_server_request_duration_seconds_bucket{http_request_method=\"POST\","
                + "http_response_status_code=\"200\",http_route=\"/rag\",le=\"0.005\"}",
            "slipway_http_requests_in_flight 1.0",
            "slipway_time_to_first_token_seconds_count{route=\"/rag\"}",
            "slipway_tokens_total{kind=\"prompt\"} 7.0",
            "slipway_tokens_total{kind=\"completion\"} 5.0",
            "slipway_questions_in_flight 0.0",
            "jvm_memory_used_bytes",
            "process_uptime_seconds")
        .doesNotContain("secret", "coffee");
  }

  @Test
  void everyAnswerForbidsSniffingAndFraming() {
    for (String path :
        List.of(
            "/", "/pages/trace.js", "/docs", "/health/live", "/nothing", "/metrics", "/traces")) {
      HttpResponse<String> response = api.send("GET", path, null, Map.of());
      assertThat(response.headers().firstValue("x-content-type-options")).contains("nosniff");
      assertThat(response.headers().firstValue("x-frame-options")).contains("DENY");
      assertThat(response.headers().allValues("content-security-policy")).hasSize(1);
    }
  }
}
