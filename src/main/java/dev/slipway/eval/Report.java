package dev.slipway.eval;

import dev.slipway.eval.Respondent.Answered;
import dev.slipway.eval.Respondent.Unanswered;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Says how well questions were answered: the scores of each, and what they come to. */
public final class Report {
  private final int k;
  private final List<Scored> results;
  private final Map<Measure, Figure> measures;
  private final List<Double> recallAt;
  private final Map<String, Times> latency;
  private final SortedMap<String, Tagged> tags;

  /**
   * A measure's mean over the questions that it applies to.
   *
   * @param low the lower end of the mean's 95 % interval
   * @param high its upper end
   * @param questions how many
   */
  public record Figure(double mean, double low, double high, int questions) {
    static Figure of(Sample sample) {
      Sample.Interval interval = sample.interval();
      return new Figure(sample.mean(), interval.low(), interval.high(), sample.size());
    }
  }

  /** How long a step took, in milliseconds. */
  public record Times(double p50, double p95, double p99) {}

  /** What the questions with one tag come to. */
  record Tagged(int questions, Map<Measure, Figure> measures) {}

  Report(int k, List<Scored> results) {
    this.k = k;
    this.results = List.copyOf(results);
    this.measures = figures(results);
    this.recallAt = recallAt(results, k);
    this.latency = latency(results);
    this.tags = new TreeMap<>();
    results.stream()
        .flatMap(each -> each.question().tags().stream())
        .distinct()
        .forEach(tag -> tags.put(tag, tagged(tag)));
  }

  private Tagged tagged(String tag) {
    List<Scored> those =
        results.stream().filter(each -> each.question().tags().contains(tag)).toList();
    return new Tagged(those.size(), figures(those));
  }

  private static Map<Measure, Figure> figures(List<Scored> results) {
    Map<Measure, Figure> figures = new EnumMap<>(Measure.class);
    for (Measure measure : Measure.values()) {
      List<Double> values = values(results, measure);
      if (!values.isEmpty()) {
        figures.put(measure, Figure.of(Sample.of(values)));
      }
    }
    return figures;
  }

  private static List<Double> values(List<Scored> results, Measure measure) {
    return results.stream()
        .flatMap(each -> Optional.ofNullable(each.scores().get(measure)).stream())
        .toList();
  }

  private static List<Double> recallAt(List<Scored> results, int k) {
    List<Double> means = new ArrayList<>();
    for (int i = 0; i < k; i++) {
      int rank = i;
      results.stream()
          .filter(each -> !each.recallAt().isEmpty())
          // A question that asks for fewer passages keeps what it found.
          .mapToDouble(each -> each.recallAt().get(Math.min(rank, each.recallAt().size() - 1)))
          .average()
          .ifPresent(means::add);
    }
    return means;
  }

  private static Map<String, Times> latency(List<Scored> results) {
    Map<String, List<Double>> steps = new LinkedHashMap<>();
    for (Scored each : results) {
      if (each.response() instanceof Answered answered) {
        answered
            .timings()
            .forEach(
                (step, millis) -> steps.computeIfAbsent(step, _ -> new ArrayList<>()).add(millis));
      }
    }
    Map<String, Times> times = new LinkedHashMap<>();
    steps.forEach(
        (step, millis) -> {
          Sample sample = Sample.of(millis);
          times.put(
              step, new Times(sample.quantile(0.5), sample.quantile(0.95), sample.quantile(0.99)));
        });
    return times;
  }

  /** Returns how many passages were asked for, at most. */
  public int k() {
    return k;
  }

  /** Returns how many questions were asked. */
  public int questions() {
    return results.size();
  }

  /** Returns how many of them have no answer. */
  public int failed() {
    return (int) results.stream().filter(each -> each.response() instanceof Unanswered).count();
  }

  /** Returns a measure; absent if nothing was expected that it could be measured by. */
  public Optional<Figure> figure(Measure measure) {
    return Optional.ofNullable(measures.get(measure));
  }

  /** Returns the mean recall of the first, of the first two, and so on; empty if not measured. */
  List<Double> recallAt() {
    return recallAt;
  }

  /** Returns the times by step, in the order of the steps. */
  public Map<String, Times> latency() {
    return latency;
  }

  SortedMap<String, Tagged> tags() {
    return tags;
  }

  List<Scored> results() {
    return results;
  }

  /** Returns the results, the worst first. */
  List<Scored> worst() {
    return results.stream().sorted(Comparator.comparingDouble(Scored::whole)).toList();
  }
}
