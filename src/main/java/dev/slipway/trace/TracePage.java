package dev.slipway.trace;

import java.util.List;
import java.util.Optional;

/**
 * Some traces of those that a query finds.
 *
 * @param traces newest first
 * @param next where the next page begins; absent if this is the last
 */
public record TracePage(List<Trace> traces, Optional<TraceQuery.Cursor> next) {
  /** Copies the list. */
  public TracePage {
    traces = List.copyOf(traces);
  }
}
