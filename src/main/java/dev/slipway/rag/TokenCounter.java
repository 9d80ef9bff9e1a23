package dev.slipway.rag;

/** Counts tokens as a model does. Thread-safe. */
public interface TokenCounter {

  /** Returns how many tokens the text has for the model, without begin or end tokens. */
  int count(String text);

  /** Returns whether the count is the model's own, and not an upper estimate. */
  boolean exact();
}
