package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bench.ScriptedService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchCommandTest {
  private final CommandLineFixture slipway;

  BenchCommandTest(@TempDir Path home) {
    slipway = new CommandLineFixture(home);
  }

  @Test
  void reportsInTheFieldsNames() throws IOException {
    slipway.set("BENCH_KEY", "slw_key");
    Queue<String> keys = new ConcurrentLinkedQueue<>();
    try (var service =
        new ScriptedService(
            (exchange, body) -> {
              keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
              ScriptedService.whole(exchange, 200, "{\"answer\":\"" + body.length() + "\"}");
            })) {
      var result =
          slipway.run(
              "bench",
              service.url(""),
              "--json",
              "--requests",
              "4",
              "--goodput",
              "e2el:60000",
              "--rate",
              "500",
              "--key-from",
              "BENCH_KEY");

      assertThat(result.exitCode()).isZero();
      assertThat(result.json().path("successful").asInt()).isEqualTo(4);
      assertThat(result.json().path("request_goodput").asDouble()).isPositive();
      assertThat(result.json().has("p99_e2el_ms")).isTrue();
      assertThat(keys).hasSize(4).containsOnly("Bearer slw_key");
      assertThat(result.out() + result.err()).doesNotContain("slw_key");
    }
  }

  @Test
  void asksTheFirstModelOfAChat() {
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    try (var service =
        new ScriptedService(
            (exchange, body) -> {
              if (exchange.getRequestURI().getPath().equals("/v1/models")) {
                ScriptedService.whole(exchange, 200, "{\"data\":[{\"id\":\"twin\"}]}");
                return;
              }
              bodies.add(body);
              ScriptedService.whole(
                  exchange, 200, "{\"choices\":[{\"message\":{\"content\":\"a\"}}]}");
            })) {
      var result =
          slipway.run(
              "bench",
              service.url("/v1/chat/completions"),
              "--requests",
              "2",
              "--question",
              "one",
              "--question",
              "two");

      assertThat(result.exitCode()).isZero();
      assertThat(result.out()).contains("request_throughput");
      assertThat(bodies).hasSize(2).allMatch(body -> body.contains("\"model\":\"twin\""));
      assertThat(bodies).anyMatch(b -> b.contains("one")).anyMatch(b -> b.contains("two"));
    }
  }

  @Test
  void aServiceThatAnswersNothingFailsIt() {
    try (var service =
        new ScriptedService((exchange, body) -> ScriptedService.whole(exchange, 503, "{}"))) {
      var result = slipway.run("bench", service.url("/rag"), "--requests", "2");

      assertThat(result.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(result.err()).contains("503=2");
    }
  }

  @Test
  void aServiceThatIsNotThereIsSaidNotToBe() {
    String url;
    try (var service = new ScriptedService((exchange, body) -> {})) {
      url = service.url("/rag");
    }

    var result = slipway.run("bench", url, "--requests", "2");

    assertThat(result.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("nothing took 2 connections", "Look whether it runs");
  }

  @Test
  void wrongLoadsAreRefused() {
    for (String[] wrong :
        new String[][] {
          {"bench", "ftp://127.0.0.1/rag"},
          {"bench", "http://127.0.0.1:1/other"},
          {"bench", "http://127.0.0.1:1/rag", "--rate", "0"},
          {"bench", "http://127.0.0.1:1/rag", "--goodput", "speed:3"},
          {"bench", "http://127.0.0.1:1/rag", "--duration", "0"},
          {"bench", "http://127.0.0.1:1/rag", "--concurrency", "0"},
          {"bench", "http://127.0.0.1:1/rag", "--key-from", "SLIPWAY_NO_SUCH_KEY"}
        }) {
      assertThat(slipway.run(wrong).exitCode()).as("%s", (Object) wrong).isEqualTo(ExitCode.USAGE);
    }
  }
}
