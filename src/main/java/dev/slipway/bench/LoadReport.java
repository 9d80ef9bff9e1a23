package dev.slipway.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What became of a load, with the names of vLLM's serving benchmark.
 *
 * @param duration from the first counted request to the end of the last answer
 * @param successful requests with their whole answer
 * @param incomplete requests whose answer began and broke off
 * @param failed requests without an answer, the refused ones among them
 * @param refused requests that got 429 or 503
 * @param unreached failed requests for which no connection came about; clients of a closed loop
 *     waited after each, up to a second
 * @param notes how often each status came, or what happened instead of one
 * @param outputTokens of successful requests
 * @param good successful requests that kept the objectives; absent where there are none
 * @param ttft times to the first token; absent where nothing was streamed
 * @param tpot times per token after the first
 * @param itl times between pieces of text
 * @param e2el times to the end of an answer
 * @param refusal times to a refusal
 */
public record LoadReport(
    Duration duration,
    long successful,
    long incomplete,
    long failed,
    long refused,
    long unreached,
    Map<String, Long> notes,
    long outputTokens,
    Optional<Long> good,
    Optional<Times.Summary> ttft,
    Optional<Times.Summary> tpot,
    Optional<Times.Summary> itl,
    Optional<Times.Summary> e2el,
    Optional<Times.Summary> refusal) {

  /** Returns answered requests per second. */
  public double requestThroughput() {
    return perSecond(successful);
  }

  /**
   * Returns requests per second that kept the objectives; of all answered, where there are none.
   */
  public double requestGoodput() {
    return perSecond(good.orElse(successful));
  }

  private double perSecond(long count) {
    return count * 1e9 / duration.toNanos();
  }

  /** Returns the document for scripts: times in milliseconds, rates per second. */
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("duration", rounded(duration.toNanos() / 1e9));
    document.put("successful", successful);
    document.put("incomplete", incomplete);
    document.put("failed", failed);
    document.put("refused", refused);
    document.put("unreached", unreached);
    document.put("results", new TreeMap<>(notes));
    document.put("total_output_tokens", outputTokens);
    document.put("request_throughput", rounded(requestThroughput()));
    good.ifPresent(_ -> document.put("request_goodput", rounded(requestGoodput())));
    document.put("output_throughput", rounded(perSecond(outputTokens)));
    times()
        .forEach(
            (name, times) -> {
              document.put("mean_" + name + "_ms", rounded(times.mean()));
              document.put("median_" + name + "_ms", rounded(times.median()));
              document.put("p99_" + name + "_ms", rounded(times.p99()));
            });
    return document;
  }

  /** Returns the table for people, a line each. */
  public List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(line("successful", Long.toString(successful)));
    lines.add(line("incomplete", Long.toString(incomplete)));
    lines.add(line("failed", failed + (refused > 0 ? " (" + refused + " refused)" : "")));
    if (unreached > 0) {
      lines.add(line("unreached", unreached + " (nothing took the connection)"));
    }
    if (incomplete + failed > 0) {
      lines.add(line("results", new TreeMap<>(notes).toString()));
    }
    lines.add(line("duration", number(duration.toNanos() / 1e9) + " s"));
    lines.add(line("request_throughput", number(requestThroughput()) + " /s"));
    good.ifPresent(_ -> lines.add(line("request_goodput", number(requestGoodput()) + " /s")));
    lines.add(line("output_throughput", number(perSecond(outputTokens)) + " tokens/s"));
    lines.add("");
    lines.add(String.format(Locale.ROOT, "%-20s %12s %12s %12s", "ms", "mean", "median", "p99"));
    times()
        .forEach(
            (name, times) ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "%-20s %12s %12s %12s",
                        name,
                        number(times.mean()),
                        number(times.median()),
                        number(times.p99()))));
    return lines;
  }

  private Map<String, Times.Summary> times() {
    Map<String, Times.Summary> times = new LinkedHashMap<>();
    ttft.ifPresent(t -> times.put("ttft", t));
    tpot.ifPresent(t -> times.put("tpot", t));
    itl.ifPresent(t -> times.put("itl", t));
    e2el.ifPresent(t -> times.put("e2el", t));
    refusal.ifPresent(t -> times.put("refusal", t));
    return times;
  }

  private static String line(String name, String value) {
    return String.format(Locale.ROOT, "%-20s %12s", name, value);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
