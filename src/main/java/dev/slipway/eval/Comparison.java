package dev.slipway.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.failure.UsageFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says what got better and what worse since an earlier run, by the questions that both have.
 *
 * @param shared how many questions both have
 * @param changes by measure
 */
public record Comparison(int shared, List<Change> changes) {

  /** Copies the changes. */
  public Comparison {
    changes = List.copyOf(changes);
  }

  /** Which way a measure went. */
  public enum Verdict {
    /** The whole interval of the difference is above 0. */
    BETTER,
    /** The whole interval of the difference is below 0. */
    WORSE,
    /** The interval holds 0: as likely as not it is chance. */
    UNCLEAR
  }

  /**
   * What became of one measure.
   *
   * @param before its mean then
   * @param now its mean
   * @param low the lower end of the mean difference's 95 % interval, question by question
   * @param high its upper end
   * @param questions that both runs measured
   */
  public record Change(
      Measure measure, double before, double now, double low, double high, int questions) {

    /** Returns which way it went. */
    public Verdict verdict() {
      return low > 0 ? Verdict.BETTER : high < 0 ? Verdict.WORSE : Verdict.UNCLEAR;
    }
  }

  /**
   * Compares a report with an earlier one's document.
   *
   * @throws UsageFailure if the file is no such document, or has no question in common
   */
  public static Comparison of(Report report, Path earlier) {
    Map<String, JsonNode> before = read(earlier);
    List<Scored> shared =
        report.results().stream().filter(each -> before.containsKey(each.question().id())).toList();
    if (shared.isEmpty()) {
      throw new UsageFailure(
          "Cannot compare with " + earlier,
          "it has no question's id in common with this run",
          "Give the JSON of a run of the same questions.");
    }
    List<Change> changes = new ArrayList<>();
    for (Measure measure : Measure.values()) {
      List<Double> then = new ArrayList<>();
      List<Double> now = new ArrayList<>();
      for (Scored each : shared) {
        JsonNode was =
            Optional.ofNullable(before.get(each.question().id())).orElseThrow().path(measure.key());
        Optional.ofNullable(each.scores().get(measure))
            .filter(_ -> was.isNumber())
            .ifPresent(
                score -> {
                  then.add(was.asDouble());
                  now.add(score);
                });
      }
      if (!now.isEmpty()) {
        changes.add(change(measure, then, now));
      }
    }
    return new Comparison(shared.size(), changes);
  }

  private static Change change(Measure measure, List<Double> then, List<Double> now) {
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < now.size(); i++) {
      // As the document rounds: less than that is no difference.
      differences.add(ReportDocument.rounded(ReportDocument.rounded(now.get(i)) - then.get(i)));
    }
    Sample.Interval interval = Sample.of(differences).interval();
    return new Change(
        measure,
        Sample.of(then).mean(),
        Sample.of(now).mean(),
        interval.low(),
        interval.high(),
        now.size());
  }

  /** Returns the scores by question. */
  private static Map<String, JsonNode> read(Path earlier) {
    try {
      JsonNode document = new ObjectMapper().readTree(earlier.toFile());
      Map<String, JsonNode> scores = new HashMap<>();
      document
          .path("results")
          .forEach(each -> scores.put(each.path("id").asText(), each.path("scores")));
      if (!scores.isEmpty()) {
        return scores;
      }
    } catch (IOException e) {
      throw refused(earlier, "it can't be read as JSON");
    }
    throw refused(earlier, "it has no results");
  }

  private static UsageFailure refused(Path earlier, String why) {
    return new UsageFailure(
        "Cannot compare with " + earlier,
        why,
        "Give what an earlier `slipway eval FILE --json` printed.");
  }

  Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("questions", shared);
    document.put("changes", changes.stream().map(Comparison::document).toList());
    return document;
  }

  private static Map<String, Object> document(Change change) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", change.measure().key());
    document.put("before", ReportDocument.rounded(change.before()));
    document.put("now", ReportDocument.rounded(change.now()));
    document.put(
        "difference",
        List.of(ReportDocument.rounded(change.low()), ReportDocument.rounded(change.high())));
    document.put("verdict", change.verdict().name().toLowerCase(java.util.Locale.ROOT));
    document.put("questions", change.questions());
    return document;
  }
}
