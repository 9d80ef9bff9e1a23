package dev.slipway.aws;

import java.time.Duration;

/**
 * How long calls to AWS may take, so that a lost network never hangs a command.
 *
 * @param connect to open a connection
 * @param read between two bytes of an answer
 * @param attempt one try of a call, from its first byte to its last
 * @param whole a call with all its tries and the pauses between them
 * @param attempts tries of a call, the first one included
 */
record Patience(Duration connect, Duration read, Duration attempt, Duration whole, int attempts) {

  /**
   * A network that drops every packet is told within 20 s; the slowest answers of the control
   * planes (a change set, a price list) come within a few seconds.
   */
  static final Patience NORMAL =
      new Patience(
          Duration.ofSeconds(4),
          Duration.ofSeconds(30),
          Duration.ofSeconds(35),
          Duration.ofSeconds(80),
          4);
}
