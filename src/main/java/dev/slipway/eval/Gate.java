package dev.slipway.eval;

import dev.slipway.failure.UsageFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Says what answers must reach: {@code recall=0.9,p95=2s}.
 *
 * @param conditions all of which must hold
 */
public record Gate(List<Condition> conditions) {
  private static final Pattern PART = Pattern.compile("([a-z0-9_.@]+)=([0-9]*\\.?[0-9]+)(ms|s)?");
  private static final Pattern RECALL_AT = Pattern.compile("recall@([1-9][0-9]{0,2})");
  private static final Pattern TIME = Pattern.compile("(p50|p95|p99)(?:\\.([a-z0-9_]+))?");
  private static final String KNOWN =
      "known are "
          + Arrays.stream(Measure.values()).map(Measure::key).collect(Collectors.joining(", "))
          + ", recall@N (at least, 0 to 1), p50, p95, p99 (at most, 2s or 300ms; p95.STEP for one"
          + " step) and failed (at most, questions)";

  /** Copies the conditions. */
  public Gate {
    conditions = List.copyOf(conditions);
  }

  /**
   * What one figure must reach.
   *
   * @param name as it was given
   * @param reach the least, or for {@code atMost} the most; times in milliseconds
   * @param atMost whether less is better
   */
  public record Condition(String name, double reach, boolean atMost) {}

  /**
   * How a condition was met.
   *
   * @param value of the figure, times in milliseconds; absent where it wasn't measured, which does
   *     not pass
   */
  public record Verdict(Condition condition, OptionalDouble value, boolean passed) {

    /** Returns what failed by how much, or that it passed, as a part of a sentence. */
    public String sentence() {
      if (value.isEmpty()) {
        return condition.name() + " was not measured: no question expects anything of it";
      }
      double away = Math.abs(value.getAsDouble() - condition.reach());
      String is = condition.name() + " is " + shown(value.getAsDouble());
      if (passed) {
        return is + (condition.atMost() ? ", at most " : ", at least ") + shown(condition.reach());
      }
      return is
          + ", "
          + shown(away)
          + (condition.atMost() ? " above " : " below ")
          + shown(condition.reach());
    }

    private String shown(double number) {
      if (TIME.matcher(condition.name()).matches()) {
        return String.format(Locale.ROOT, "%.0f ms", number);
      }
      return condition.name().equals("failed")
          ? String.format(Locale.ROOT, "%.0f", number)
          : String.format(Locale.ROOT, "%.3f", number);
    }
  }

  /** Returns a gate that everything passes. */
  public static Gate none() {
    return new Gate(List.of());
  }

  /**
   * Reads conditions with commas between them.
   *
   * @throws UsageFailure with all that is wrong
   */
  public static Gate parse(String text) {
    List<Condition> conditions = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher matcher = PART.matcher(part.strip());
      if (!matcher.matches()) {
        problems.add("\"" + part.strip() + "\" is not NAME=NUMBER");
        continue;
      }
      Optional<String> unit = Optional.ofNullable(matcher.group(3));
      read(matcher.group(1), Double.parseDouble(matcher.group(2)), unit, problems)
          .ifPresent(conditions::add);
    }
    if (!problems.isEmpty()) {
      throw new UsageFailure(
          "Cannot use the gate " + text,
          String.join("\n", problems),
          "Write it as recall=0.9,p95=2s; docs/evaluating.md explains each name.");
    }
    return new Gate(conditions);
  }

  private static Optional<Condition> read(
      String name, double number, Optional<String> unit, List<String> problems) {
    boolean time = TIME.matcher(name).matches();
    if (time) {
      if (unit.isEmpty()) {
        problems.add(name + " needs a unit: ms or s");
        return Optional.empty();
      }
      return Optional.of(
          new Condition(name, unit.get().equals("s") ? number * 1000 : number, true));
    }
    boolean share = RECALL_AT.matcher(name).matches() || measure(name).isPresent();
    if (!share && !name.equals("failed")) {
      problems.add(name + " is not known; " + KNOWN);
    } else if (unit.isPresent()) {
      problems.add(name + " has no unit, so not " + unit.get());
    } else if (share && number > 1) {
      problems.add(name + " is 0 to 1, so never " + number);
    } else {
      return Optional.of(new Condition(name, number, !share));
    }
    return Optional.empty();
  }

  private static Optional<Measure> measure(String name) {
    return Arrays.stream(Measure.values()).filter(each -> each.key().equals(name)).findFirst();
  }

  /** Says of each condition whether a report meets it. */
  public List<Verdict> judge(Report report) {
    return conditions.stream()
        .map(
            condition -> {
              OptionalDouble value = value(condition.name(), report);
              boolean passed =
                  value.isPresent()
                      && (condition.atMost()
                          ? value.getAsDouble() <= condition.reach()
                          : value.getAsDouble() >= condition.reach());
              return new Verdict(condition, value, passed);
            })
        .toList();
  }

  private static OptionalDouble value(String name, Report report) {
    if (name.equals("failed")) {
      return OptionalDouble.of(report.failed());
    }
    Matcher at = RECALL_AT.matcher(name);
    if (at.matches()) {
      List<Double> recalls = report.recallAt();
      int rank = Math.min(Integer.parseInt(at.group(1)), recalls.size());
      return rank == 0 ? OptionalDouble.empty() : OptionalDouble.of(recalls.get(rank - 1));
    }
    Matcher time = TIME.matcher(name);
    if (time.matches()) {
      String step = Optional.ofNullable(time.group(2)).orElse("total");
      return Optional.ofNullable(report.latency().get(step))
          .map(times -> OptionalDouble.of(quantile(times, time.group(1))))
          .orElse(OptionalDouble.empty());
    }
    return measure(name)
        .flatMap(report::figure)
        .map(figure -> OptionalDouble.of(figure.mean()))
        .orElse(OptionalDouble.empty());
  }

  private static double quantile(Report.Times times, String name) {
    return switch (name) {
      case "p50" -> times.p50();
      case "p95" -> times.p95();
      default -> times.p99();
    };
  }
}
