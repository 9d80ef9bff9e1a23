package dev.slipway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

final class LoadRunTest {
  private static final Pace ONE_CLIENT = new Pace.Closed(1);

  @Test
  void anAnswerOfRagIsTimedByItsTokenEvents() {
    try (var service =
        new ScriptedService(
            (exchange, body) ->
                ScriptedService.stream(
                    exchange,
                    "event: sources\ndata: {\"sources\":[]}\n\nevent: token\ndata: {\"te",
                    "xt\":\"Sl\u00fc\"}\n\nevent: token\ndata: {\"text\":\"p\"}\n\n",
                    "event: done\ndata: {\"usage\":{\"completion_tokens\":7}}\n\n"))) {
      LoadReport report = run(service.url("/rag"), ONE_CLIENT, 5, (_, text) -> text.equals("Slüp"));

      assertThat(report.successful()).isEqualTo(5);
      assertThat(report.failed()).isZero();
      assertThat(report.outputTokens()).isEqualTo(35);
      assertThat(report.ttft().orElseThrow().max()).isPositive();
      assertThat(report.document())
          .containsKeys(
              "request_throughput",
              "output_throughput",
              "mean_ttft_ms",
              "median_tpot_ms",
              "p99_itl_ms",
              "p99_e2el_ms");
    }
  }

  @Test
  void aChatAnswerIsTimedByItsDeltas() {
    try (var service =
        new ScriptedService(
            (exchange, body) ->
                ScriptedService.stream(
                    exchange,
                    ": waiting up to 3 s\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"\"}}]}\n\n",
                    "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
                    "data: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\n\ndata: [DONE]\n\n"))) {
      LoadReport report =
          run(service.url("/v1/chat/completions"), ONE_CLIENT, 3, (_, text) -> text.equals("ab"));

      assertThat(report.successful()).isEqualTo(3);
      assertThat(report.outputTokens()).as("without a count, pieces of text").isEqualTo(6);
    }
  }

  @Test
  void whatEndsEarlyIsRefusedOrFailsIsCountedApart() {
    AtomicInteger asked = new AtomicInteger();
    try (var service =
        new ScriptedService(
            (exchange, body) -> {
              switch (asked.getAndIncrement()) {
                case 0 -> ScriptedService.whole(exchange, 503, "{}");
                case 1 -> ScriptedService.whole(exchange, 429, "{}");
                case 2 -> ScriptedService.whole(exchange, 500, "{}");
                case 3 ->
                    ScriptedService.stream(exchange, "event: token\ndata: {\"text\":\"a\"}\n\n");
                case 4 ->
                    ScriptedService.stream(
                        exchange,
                        "event: token\ndata: {\"text\":\"a\"}\n\nevent: error\ndata: {}\n\n");
                case 5 -> ScriptedService.whole(exchange, 200, "{\"answer\":\"another\"}");
                default -> ScriptedService.whole(exchange, 200, "{\"answer\":\"right\"}");
              }
            })) {
      LoadReport report =
          run(service.url("/rag"), ONE_CLIENT, 8, (_, text) -> text.equals("right"));

      assertThat(report.successful()).isEqualTo(2);
      assertThat(report.incomplete()).isEqualTo(2);
      assertThat(report.failed()).isEqualTo(4);
      assertThat(report.refused()).isEqualTo(2);
      assertThat(report.refusal()).isPresent();
      assertThat(report.notes()).containsEntry("wrong answer", 1L).containsEntry("500", 1L);
    }
  }

  /** Else a service that stands still would look as fast as ever: coordinated omission. */
  @Test
  void inAnOpenLoopTimeCountsFromWhenARequestWasDue() {
    AtomicInteger asked = new AtomicInteger();
    long began = System.nanoTime();
    try (var service =
        new ScriptedService(
            (exchange, body) -> {
              if (asked.getAndIncrement() == 0) {
                Eventually.holds(
                    "a tenth of a second is over",
                    Duration.ofSeconds(5),
                    () -> System.nanoTime() - began > 100_000_000);
              }
              ScriptedService.whole(exchange, 200, "{\"answer\":\"a\"}");
            })) {
      // All twenty are due within 20 ms, and only one may be under way.
      var pace = new Pace.Open(1000, Pace.Spread.CONSTANT, 1, 1);
      LoadReport report = run(service.url("/rag"), pace, 20, (_, _) -> true);

      assertThat(report.successful()).isEqualTo(20);
      assertThat(report.e2el().orElseThrow().median()).isGreaterThan(50);
    }
  }

  @Test
  void onlyWhatKeepsItsObjectivesIsGoodput() {
    try (var service =
        new ScriptedService(
            (exchange, body) -> ScriptedService.whole(exchange, 200, "{\"answer\":\"a\"}"))) {
      LoadReport strict = run(load(service.url("/rag"), ONE_CLIENT, 4, "e2el:0.000001"));
      LoadReport mild = run(load(service.url("/rag"), ONE_CLIENT, 4, "e2el:60000"));
      LoadReport streamed = run(load(service.url("/rag"), ONE_CLIENT, 4, "ttft:60000"));

      assertThat(strict.good()).contains(0L);
      assertThat(mild.good()).contains(4L);
      assertThat(streamed.good()).as("one piece has no first token").contains(0L);
    }
  }

  @Test
  void nobodyListeningIsAFailure() {
    String url;
    try (var service = new ScriptedService((exchange, body) -> {})) {
      url = service.url("/rag");
    }

    LoadReport report = run(url, ONE_CLIENT, 2, (_, _) -> true);

    assertThat(report.failed()).isEqualTo(2);
    assertThat(report.notes()).containsEntry("ConnectException", 2L);
    assertThat(report.unreached()).isEqualTo(2);
  }

  @Test
  void clientsThatFindNobodyWaitLongerAndLonger() {
    String url;
    try (var service = new ScriptedService((exchange, body) -> {})) {
      url = service.url("/rag");
    }

    LoadReport report =
        run(
            new Load(
                Address.of(url, "/rag"),
                Map.of(),
                List.of("{\"query\":\"q\"}".getBytes(StandardCharsets.UTF_8)),
                new Pace.Closed(2),
                OptionalLong.empty(),
                Duration.ofMillis(500),
                Duration.ZERO,
                Duration.ofSeconds(10),
                Optional.empty(),
                (_, _) -> true));

    // Each at once, after 100 ms, and after 200 ms more; the next would be too late.
    assertThat(report.unreached()).isBetween(2L, 6L);
    assertThat(report.table()).anyMatch(line -> line.contains("nothing took the connection"));
  }

  private static LoadReport run(Load load) {
    return LoadRun.run(load);
  }

  private static LoadReport run(
      String url, Pace pace, long requests, BiPredicate<Integer, String> right) {
    return LoadRun.run(load(url, pace, requests, Optional.empty(), right));
  }

  private static Load load(String url, Pace pace, long requests, String objectives) {
    return load(url, pace, requests, Optional.of(Objectives.parse(objectives)), (_, _) -> true);
  }

  private static Load load(
      String url,
      Pace pace,
      long requests,
      Optional<Objectives> objectives,
      BiPredicate<Integer, String> right) {
    return new Load(
        Address.of(url, "/rag"),
        Map.of(),
        List.of("{\"query\":\"q\"}".getBytes(StandardCharsets.UTF_8)),
        pace,
        OptionalLong.of(requests),
        Duration.ofSeconds(20),
        Duration.ZERO,
        Duration.ofSeconds(10),
        objectives,
        right);
  }
}
