package dev.slipway.rag;

import java.util.function.Supplier;

/** Notes how an answer comes about, step by step. Thread-safe: steps may run side by side. */
public interface Steps {

  /** Runs a step and notes when it began and how long it took, also when it fails. */
  <T> T timed(String step, Supplier<T> work);

  /**
   * Notes something about a step: how many, which filter, why it was passed over. What is noted is
   * content: it is kept and shown as prompts are.
   *
   * @param what in snake_case
   */
  void note(String step, String what, String value);
}
