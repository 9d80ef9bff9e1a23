package dev.slipway.eval;

import dev.slipway.eval.Respondent.Answered;
import dev.slipway.eval.Respondent.Unanswered;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes a report as the document of {@code slipway eval --json}. */
public final class ReportDocument {
  private ReportDocument() {}

  /**
   * Returns the document; what was not measured is null in it.
   *
   * @param gates how the gate's conditions were met
   * @param baseline what an earlier run's document is compared with; absent for none
   */
  public static Map<String, Object> of(
      Report report, List<Gate.Verdict> gates, Optional<Comparison> baseline) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("questions", report.questions());
    document.put("failed", report.failed());
    document.put("k", report.k());
    Map<String, Object> intervals = new LinkedHashMap<>();
    for (Measure measure : Measure.values()) {
      Optional<Report.Figure> figure = report.figure(measure);
      document.put(measure.key(), figure.map(each -> rounded(each.mean())).orElse(null));
      figure.ifPresent(
          each -> intervals.put(measure.key(), List.of(rounded(each.low()), rounded(each.high()))));
    }
    document.put("intervals", intervals);
    Map<String, Object> recallAt = new LinkedHashMap<>();
    for (int i = 0; i < report.recallAt().size(); i++) {
      recallAt.put(Integer.toString(i + 1), rounded(report.recallAt().get(i)));
    }
    document.put("recall_at", recallAt);
    Map<String, Object> latency = new LinkedHashMap<>();
    report
        .latency()
        .forEach(
            (step, times) -> {
              Map<String, Object> each = new LinkedHashMap<>();
              each.put("p50", rounded(times.p50()));
              each.put("p95", rounded(times.p95()));
              each.put("p99", rounded(times.p99()));
              latency.put(step, each);
            });
    document.put("latency", latency);
    Map<String, Object> tags = new LinkedHashMap<>();
    report.tags().forEach((tag, figures) -> tags.put(tag, tag(figures)));
    document.put("tags", tags);
    document.put("gates", gates.stream().map(ReportDocument::gate).toList());
    document.put("baseline", baseline.map(Comparison::document).orElse(null));
    document.put("results", report.results().stream().map(ReportDocument::result).toList());
    return nullable(document);
  }

  /** Jackson writes nulls; the type of a document's values need not say so to its users. */
  @SuppressWarnings({"unchecked", "NullAway"})
  private static Map<String, Object> nullable(Map<String, @Nullable Object> document) {
    return (Map<String, Object>) (Map<String, ?>) document;
  }

  private static Map<String, Object> tag(Report.Tagged figures) {
    Map<String, Object> tag = new LinkedHashMap<>();
    tag.put("questions", figures.questions());
    figures.measures().forEach((measure, figure) -> tag.put(measure.key(), rounded(figure.mean())));
    return tag;
  }

  private static Map<String, Object> gate(Gate.Verdict verdict) {
    Map<String, @Nullable Object> gate = new LinkedHashMap<>();
    gate.put("name", verdict.condition().name());
    gate.put("reach", verdict.condition().reach());
    gate.put("value", verdict.value().isPresent() ? rounded(verdict.value().getAsDouble()) : null);
    gate.put("passed", verdict.passed());
    return nullable(gate);
  }

  private static Map<String, Object> result(Scored scored) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("id", scored.question().id());
    result.put("query", scored.question().query());
    Map<String, Object> scores = new LinkedHashMap<>();
    for (Measure measure : Measure.values()) {
      Optional.ofNullable(scored.scores().get(measure))
          .ifPresent(score -> scores.put(measure.key(), rounded(score)));
    }
    result.put("scores", scores);
    switch (scored.response()) {
      case Answered answered -> {
        result.put("answer", answered.text());
        result.put(
            "sources",
            answered.sources().stream()
                .map(found -> Map.of("id", found.id(), "source", found.source()))
                .toList());
        result.put("timings", answered.timings());
        result.put("trace_id", answered.traceId());
      }
      case Unanswered(String why) -> result.put("error", why);
    }
    return result;
  }

  static double rounded(double value) {
    return Math.round(value * 1e6) / 1e6;
  }
}
