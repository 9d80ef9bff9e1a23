package dev.slipway.trace;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which traces are wanted.
 *
 * @param text in the question, the answer, the trace's id or the request's; letters A to Z match
 *     whatever their case
 * @param route the HTTP route that took the question
 * @param revision the model's commit, or how it begins
 * @param error true for failed questions only, false for answered ones only
 * @param since the earliest start
 * @param tenant whose questions; absent means everyone's
 * @param limit at most so many
 * @param after where the page before ended
 */
public record TraceQuery(
    Optional<String> text,
    Optional<String> route,
    Optional<String> revision,
    Optional<Boolean> error,
    Optional<Instant> since,
    Optional<String> tenant,
    int limit,
    Optional<Cursor> after) {

  /** Returns a query for the newest. */
  public static TraceQuery newest(int limit) {
    return new TraceQuery(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        limit,
        Optional.empty());
  }

  /**
   * The last trace of a page.
   *
   * @param startedMicros since 1970
   * @param row tells apart traces that started at once
   */
  public record Cursor(long startedMicros, long row) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

    /** Reads a cursor as {@link #text} writes it; absent if it is none. */
    public static Optional<Cursor> parse(String text) {
      Matcher matcher = TEXT.matcher(text);
      return matcher.matches()
          ? Optional.of(
              new Cursor(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
          : Optional.empty();
    }

    /** Returns the cursor for a client to send back. */
    public String text() {
      return startedMicros + "-" + row;
    }
  }
}
