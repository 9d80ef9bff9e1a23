package dev.slipway.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TraceSearchTest {
  private static final Retention FOREVER = new Retention(Duration.ofDays(100_000), 1_000_000);
  private static final Feedback GOOD =
      new Feedback("user", 1, Optional.of("ja 🚢"), Instant.parse("2026-01-02T00:00:00.000001Z"));

  private final SqliteTraces traces;
  private final Path home;

  TraceSearchTest(@TempDir Path home) {
    this.home = home;
    this.traces = SqliteTraces.open(home.resolve("traces"), TraceWriter.QUEUE, FOREVER);
  }

  @BeforeAll
  void recordSome() {
    for (int number = 1; number <= 5; number++) {
      traces.record(Traces.numbered(number));
    }
    traces.record(
        Traces.numbered(6)
            .of(
                TraceParent.of(Optional.of("00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01")),
                Optional.of("acme")));
    traces.record(Traces.bare(7));
    Eventually.holds("all are written", Duration.ofSeconds(30), () -> traces.newest(9).size() == 7);
  }

  @AfterAll
  void close() {
    traces.close();
  }

  private List<String> found(TraceQuery query) {
    return traces.page(query).traces().stream().map(Trace::requestId).toList();
  }

  private static TraceQuery of(
      Optional<String> text, Optional<Boolean> error, Optional<Instant> since) {
    return new TraceQuery(
        text,
        Optional.empty(),
        Optional.empty(),
        error,
        since,
        Optional.empty(),
        10,
        Optional.empty());
  }

  @Test
  void textIsFoundWhateverItsCaseAndHasNoWildcards() {
    assertThat(found(of(Optional.of("HAFEN"), Optional.empty(), Optional.empty()))).hasSize(6);
    assertThat(found(of(Optional.of("am meer"), Optional.empty(), Optional.empty()))).hasSize(6);
    assertThat(found(of(Optional.of("request-3"), Optional.empty(), Optional.empty())))
        .containsExactly("request-3");
    assertThat(found(of(Optional.of("%"), Optional.empty(), Optional.empty()))).isEmpty();
    assertThat(found(of(Optional.of("'; DROP"), Optional.empty(), Optional.empty()))).hasSize(6);
  }

  @Test
  void aTextIsFoundAsItStandsInAnyLanguage(@TempDir Path folder) {
    try (SqliteTraces foreign = SqliteTraces.open(folder, TraceWriter.QUEUE, FOREVER)) {
      foreign.record(Traces.numbered(1).saying("ÜBER Ärzte", "", "", List.of()));

      assertThat(foreign.page(of(Optional.of("über"), Optional.empty(), Optional.empty())).traces())
          .as("only A to Z match whatever their case")
          .isEmpty();
      assertThat(
              foreign
                  .page(of(Optional.of("Über Ärzte"), Optional.empty(), Optional.empty()))
                  .traces())
          .hasSize(1);
    }
  }

  @Test
  void revisionsAreNamedWhicheverPageIsLookedAt(@TempDir Path folder) {
    try (SqliteTraces changing = SqliteTraces.open(folder, TraceWriter.QUEUE, FOREVER)) {
      assertThat(changing.revisions()).isEmpty();
      changing.record(Traces.bare(1));
      changing.record(Traces.numbered(2));
      changing.record(Traces.numbered(3));

      assertThat(changing.revisions())
          .containsExactly(Traces.numbered(3).revision(), Traces.bare(1).revision());
    }
    try (TraceLog reading = SqliteTraces.reading(folder)) {
      assertThat(reading.revisions()).hasSize(2);
    }
  }

  @Test
  void failedOnesAndLaterOnesAreFound() {
    assertThat(found(of(Optional.empty(), Optional.of(true), Optional.empty())))
        .containsExactly("");
    assertThat(
            found(
                of(
                    Optional.empty(),
                    Optional.of(false),
                    Optional.of(Traces.numbered(5).started()))))
        .containsExactly("request-6", "request-5");
  }

  @Test
  void aTenantFindsItsOwnOnly() {
    TraceQuery own =
        new TraceQuery(
            Optional.empty(),
            Optional.of("/rag"),
            Optional.of("abc"),
            Optional.empty(),
            Optional.empty(),
            Optional.of("acme"),
            10,
            Optional.empty());

    assertThat(found(own)).containsExactly("request-6");
    Trace whole = traces.page(own).traces().getFirst();
    assertThat(whole.parent().orElseThrow().header())
        .isEqualTo("00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01");
  }

  @Test
  void pagesFollowEachOtherWithoutGapOrRepeat() {
    List<String> all = new ArrayList<>();
    Optional<TraceQuery.Cursor> after = Optional.empty();
    int pages = 0;
    do {
      TracePage page =
          traces.page(
              new TraceQuery(
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(false),
                  Optional.empty(),
                  Optional.empty(),
                  2,
                  after));
      page.traces().forEach(trace -> all.add(trace.requestId()));
      after = page.next().flatMap(next -> TraceQuery.Cursor.parse(next.text()));
      pages++;
    } while (after.isPresent());

    assertThat(pages).isEqualTo(3);
    assertThat(all)
        .containsExactly(
            "request-6", "request-5", "request-4", "request-3", "request-2", "request-1");
    assertThat(TraceQuery.Cursor.parse("1-2-3")).isEmpty();
    assertThat(TraceQuery.Cursor.parse("' OR 1")).isEmpty();
  }

  @Test
  void feedbackIsKeptWithItsTraceAndReplacesItsNamesake() {
    Trace trace = Traces.numbered(2);
    traces.record(trace, new Feedback("user", -1, Optional.empty(), GOOD.at().minusSeconds(9)));
    traces.record(trace, GOOD);
    for (int i = 0; i < 30; i++) {
      traces.record(trace, new Feedback("more-" + i, 0, Optional.empty(), GOOD.at()));
    }

    List<Feedback> kept = traces.find(trace.id()).orElseThrow().feedback();
    assertThat(kept).contains(GOOD).hasSize(FeedbackRows.NAMES);
    assertThat(kept.stream().filter(each -> each.name().equals("user"))).containsExactly(GOOD);
  }

  @Test
  void whatIsTooManyOrTooOldGoes() {
    Trace young = Traces.numbered(1);
    try (SqliteTraces few =
        SqliteTraces.open(
            home.resolve("few"), TraceWriter.QUEUE, new Retention(Duration.ofDays(100_000), 2))) {
      few.record(Traces.numbered(1));
      few.record(Traces.numbered(2));
      few.record(Traces.numbered(3));
      few.record(Traces.numbered(3), GOOD);
    }
    try (SqliteTraces again =
            SqliteTraces.open(
                home.resolve("few"),
                TraceWriter.QUEUE,
                new Retention(Duration.ofDays(100_000), 2));
        SqliteTraces old = SqliteTraces.open(home.resolve("old"))) {
      // The first write of a process looks for what is to go.
      again.record(Traces.numbered(4));
      assertThat(again.newest(9)).hasSize(2).contains(Traces.numbered(4));
      old.record(young);
      assertThat(old.newest(9)).as("older than a month").isEmpty();
    }
  }
}
