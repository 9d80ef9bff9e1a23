package dev.slipway.cli;

import dev.slipway.eval.Comparison;
import dev.slipway.eval.Gate;
import dev.slipway.eval.Measure;
import dev.slipway.eval.Report;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Tells a person what an evaluation came to. */
record EvalText(Console console, Report report) {

  void print(List<Gate.Verdict> gates, Optional<Comparison> baseline) {
    console.data(
        report.questions()
            + " questions"
            + (report.failed() == 0
                ? ""
                : ", " + report.failed() + " without an answer (0 in what was expected)"));
    for (Measure measure : Measure.values()) {
      report
          .figure(measure)
          .ifPresent(
              figure ->
                  line(
                      String.format(
                          Locale.ROOT,
                          "  %-15s %.3f  (%.3f to %.3f, %d questions)",
                          measure.key(),
                          figure.mean(),
                          figure.low(),
                          figure.high(),
                          figure.questions())));
    }
    report
        .latency()
        .forEach(
            (step, times) ->
                line(
                    String.format(
                        Locale.ROOT,
                        "  %-15s p50 %.0f ms, p95 %.0f ms, p99 %.0f ms",
                        step,
                        times.p50(),
                        times.p95(),
                        times.p99())));
    gates.forEach(
        each ->
            line(
                String.format(
                    Locale.ROOT, "  %s %s", each.passed() ? "passed" : "failed", each.sentence())));
    baseline.ifPresent(this::changes);
  }

  private void changes(Comparison baseline) {
    line(
        String.format(
            Locale.ROOT, "Since the baseline, by the %d questions in common:", baseline.shared()));
    for (Comparison.Change each : baseline.changes()) {
      line(
          String.format(
              Locale.ROOT,
              "  %-15s %.3f -> %.3f  (%+.3f to %+.3f) %s",
              each.measure().key(),
              each.before(),
              each.now(),
              each.low(),
              each.high(),
              switch (each.verdict()) {
                case BETTER -> "better";
                case WORSE -> "worse";
                case UNCLEAR -> "no clear change";
              }));
    }
  }

  private void line(String text) {
    console.data(text);
  }
}
