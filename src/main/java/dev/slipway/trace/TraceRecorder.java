package dev.slipway.trace;

/** Takes traces. Thread-safe; never blocks, never throws: a trace that can't be kept is counted. */
public interface TraceRecorder {
  /** Takes one trace, to be kept soon. */
  void record(Trace trace);
}
