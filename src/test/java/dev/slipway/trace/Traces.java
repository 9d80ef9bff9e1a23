package dev.slipway.trace;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes traces for tests. */
final class Traces {
  private Traces() {}

  /** Returns a whole trace; a higher number is a later one. */
  static Trace numbered(int number) {
    List<Trace.Step> steps =
        List.of(
            new Trace.Step(
                "search",
                Duration.ofMillis(3),
                Duration.ofNanos(1_234_567),
                Map.of("filter", "{author: 'me'}")),
            new Trace.Step("embed", Duration.ZERO, Duration.ofMillis(3), Map.of()),
            new Trace.Step("total", Duration.ZERO, Duration.ofSeconds(2), Map.of()));
    return new Trace(
        "%032x".formatted(number),
        "request-" + number,
        Instant.parse("2026-01-01T00:00:00.123456Z").plusSeconds(number),
        "/rag",
        "chat",
        "chat-model",
        "abc123",
        "Wo liegt der Hafen? 🚢 '; DROP TABLE trace; --",
        List.of(new Trace.Retrieved("p1", 0.75), new Trace.Retrieved("p2", 0.5)),
        "user: Wo?",
        "Am Meer.",
        OptionalInt.of(17),
        OptionalInt.of(3),
        Optional.of("stop"),
        steps,
        Optional.empty());
  }

  /** Returns a trace that says as little as one may. */
  static Trace bare(int number) {
    return new Trace(
        "%032x".formatted(number),
        "",
        Instant.EPOCH.plusSeconds(number),
        "",
        "",
        "",
        "",
        "",
        List.of(),
        "",
        "",
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        List.of(),
        Optional.of("endpoint_timeout"));
  }
}
