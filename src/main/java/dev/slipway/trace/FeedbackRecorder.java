package dev.slipway.trace;

/** Takes feedback. Thread-safe; never blocks, never throws, as a {@link TraceRecorder}. */
public interface FeedbackRecorder {
  /** Takes what is thought of a trace's answer, in the place of what was of that name before. */
  void record(Trace trace, Feedback feedback);
}
