package dev.slipway.api;

import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceLog;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps traces in a list, newest first. */
final class FakeTraceLog implements TraceLog {
  final List<Trace> traces = new CopyOnWriteArrayList<>();

  @Override
  public List<Trace> newest(int limit) {
    return traces.stream().limit(limit).toList();
  }

  @Override
  public Optional<Trace> find(String id) {
    return traces.stream().filter(trace -> trace.id().equals(id)).findFirst();
  }

  @Override
  public void close() {}
}
