package dev.slipway.trace;

import java.util.List;
import java.util.Optional;

/** Lists recorded traces. Thread-safe. */
public interface TraceLog extends AutoCloseable {

  /** Returns the newest traces, newest first, at most {@code limit}. */
  List<Trace> newest(int limit);

  /** Returns one trace, absent if there is none of that id. */
  Optional<Trace> find(String id);

  @Override
  void close();
}
