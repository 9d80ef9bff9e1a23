package dev.slipway.local;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** What answers for an endpoint, from its start to its end. Thread-safe. */
interface Container extends AutoCloseable {

  /** Returns where {@code /ping} and {@code /invocations} are. */
  URI address();

  /** Asks whether it is healthy now; returns why not, empty if it is. */
  Optional<String> unhealthy();

  /** Waits until it has ended, or so long; returns how it ended, absent if it has not. */
  Optional<End> awaitEnd(Duration wait) throws InterruptedException;

  /** Returns whether it can be ended and started again. */
  boolean restartable();

  /** Ends it, politely first; nothing of it is left. */
  @Override
  void close();

  /**
   * How a container ended.
   *
   * @param reason in words
   * @param hopeless whether another try would end the same way
   */
  record End(String reason, boolean hopeless) {}
}
