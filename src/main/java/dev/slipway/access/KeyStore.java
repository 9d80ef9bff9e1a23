package dev.slipway.access;

import java.time.Duration;
import java.util.function.UnaryOperator;

/** Keeps the key book of one service. Thread-safe. */
public interface KeyStore {
  /**
   * Reads the book; an empty one where none was written yet.
   *
   * @throws dev.slipway.failure.Failure if it can't be read
   */
  KeyBook read();

  /**
   * Changes the book.
   *
   * @throws dev.slipway.failure.Failure if it can't be read or written
   */
  void update(UnaryOperator<KeyBook> change);

  /** Returns where the book is, for messages. */
  String place();

  /** Returns how often a running service should look for changes. */
  Duration interval();
}
