package dev.slipway.trace;

import java.util.List;
import java.util.Optional;

/** Lists recorded traces. Thread-safe. */
public interface TraceLog extends AutoCloseable {

  /** Returns the newest traces, newest first, at most {@code limit}. */
  default List<Trace> newest(int limit) {
    return page(TraceQuery.newest(limit)).traces();
  }

  /** Returns the traces that a query finds, newest first, with their feedback. */
  TracePage page(TraceQuery query);

  /** Returns one trace with its feedback, absent if there is none of that id. */
  Optional<Trace> find(String id);

  /** Returns the revisions that there are traces of, the one last asked first, 50 at most. */
  List<String> revisions();

  @Override
  void close();
}
