package dev.slipway.bench;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an answer must keep to be a good one: request_goodput counts those. An answer that has no
 * such time, as one piece has no first token, does not keep it.
 *
 * @param limits the longest each measure may take; never empty
 */
public record Objectives(Map<Measure, Duration> limits) {
  /** Copies the limits. */
  public Objectives {
    if (limits.isEmpty()) {
      throw new IllegalArgumentException("an objective is needed, such as ttft:500");
    }
    limits = Map.copyOf(limits);
  }

  /**
   * Reads objectives as vLLM's serving benchmark writes them: {@code ttft:500,e2el:2000}, in
   * milliseconds.
   *
   * @throws IllegalArgumentException saying what is not understood
   */
  public static Objectives parse(String text) {
    Map<Measure, Duration> limits = new TreeMap<>();
    for (String each : text.split("[, ]+", -1)) {
      int colon = each.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException(
            "\"" + each + "\" is no objective: write NAME:MILLISECONDS, such as ttft:500");
      }
      Measure measure = Measure.named(each.substring(0, colon));
      double milliseconds;
      try {
        milliseconds = Double.parseDouble(each.substring(colon + 1));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "\"" + each.substring(colon + 1) + "\" is no number of milliseconds", e);
      }
      if (!(milliseconds > 0) || milliseconds > 1e9) {
        throw new IllegalArgumentException("an objective is above 0 ms, and under 1e9");
      }
      limits.put(measure, Duration.ofNanos(Math.round(milliseconds * 1e6)));
    }
    return new Objectives(limits);
  }

  boolean kept(Sample sample) {
    return sample.end() == Sample.End.SUCCESSFUL
        && limits.entrySet().stream()
            .allMatch(
                limit ->
                    limit
                        .getKey()
                        .of(sample)
                        .filter(took -> took.compareTo(limit.getValue()) <= 0)
                        .isPresent());
  }

  /** What of an answer can be bounded. */
  public enum Measure {
    /** The time to the first token. */
    TTFT,
    /** The time per token after the first. */
    TPOT,
    /** The time to the end. */
    E2EL;

    private static Measure named(String name) {
      for (Measure each : values()) {
        if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
          return each;
        }
      }
      throw new IllegalArgumentException("\"" + name + "\" is no measure: ttft, tpot and e2el are");
    }

    private Optional<Duration> of(Sample sample) {
      return switch (this) {
        case TTFT -> sample.firstToken();
        case TPOT -> sample.perToken();
        case E2EL -> Optional.of(sample.whole());
      };
    }
  }
}
