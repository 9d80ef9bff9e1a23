package dev.slipway.api;

import dev.slipway.trace.Feedback;
import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceLog;
import dev.slipway.trace.TracePage;
import dev.slipway.trace.TraceQuery;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps traces in a list, newest first. */
final class FakeTraceLog implements TraceLog {
  final List<Trace> traces = new CopyOnWriteArrayList<>();

  final List<TraceQuery> queries = new CopyOnWriteArrayList<>();

  /** Whether nothing can be read any more. */
  volatile boolean broken;

  @Override
  public TracePage page(TraceQuery query) {
    insistWhole();
    queries.add(query);
    List<Trace> found = traces.stream().limit(query.limit()).toList();
    return new TracePage(
        found,
        found.size() < traces.size()
            ? Optional.of(new TraceQuery.Cursor(17, 4))
            : Optional.empty());
  }

  /** Keeps what is thought of a trace, as the recorder does. */
  void judge(Trace trace, Feedback feedback) {
    traces.replaceAll(each -> each.id().equals(trace.id()) ? each.with(List.of(feedback)) : each);
  }

  @Override
  public Optional<Trace> find(String id) {
    insistWhole();
    return traces.stream().filter(trace -> trace.id().equals(id)).findFirst();
  }

  @Override
  public List<String> revisions() {
    insistWhole();
    return traces.stream().map(Trace::revision).distinct().toList();
  }

  private void insistWhole() {
    if (broken) {
      throw new IllegalStateException("the traces can't be read");
    }
  }

  @Override
  public void close() {}
}
