package dev.slipway.trace;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The span of a caller that a question belongs to, as W3C Trace Context has it.
 *
 * @param traceId 32 hexadecimal digits, not all 0
 * @param spanId 16 hexadecimal digits, not all 0
 * @param sampled whether the caller keeps its own spans
 */
public record TraceParent(String traceId, String spanId, boolean sampled) {
  private static final Pattern HEADER =
      Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  /** Reads a {@code traceparent} header; absent where there is none, or it is not a valid one. */
  public static Optional<TraceParent> of(Optional<String> header) {
    return header
        .map(String::strip)
        .map(HEADER::matcher)
        .filter(Matcher::matches)
        .flatMap(parent -> read(parent));
  }

  private static Optional<TraceParent> read(Matcher parent) {
    boolean known = parent.group(1).equals("00");
    // Version ff is none, and the first version has exactly four fields.
    if (parent.group(1).equals("ff")
        || (known && parent.group(5) != null)
        || parent.group(2).equals("0".repeat(32))
        || parent.group(3).equals("0".repeat(16))) {
      return Optional.empty();
    }
    boolean sampled = (Integer.parseInt(parent.group(4), 16) & 1) == 1;
    return Optional.of(new TraceParent(parent.group(2), parent.group(3), sampled));
  }

  /** Returns it as a header of the first version. */
  public String header() {
    return "00-" + traceId + "-" + spanId + "-" + (sampled ? "01" : "00");
  }
}
