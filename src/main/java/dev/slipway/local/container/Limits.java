package dev.slipway.local.container;

import java.time.Duration;

/**
 * Bounds what one request may take.
 *
 * @param bodyBytes of a request
 * @param whole until a whole answer is there
 * @param streamed until a streamed answer has ended
 */
record Limits(int bodyBytes, Duration whole, Duration streamed) {

  /**
   * Returns SageMaker's: the payload limit of its service model (6,291,456 bytes), 60 s to answer,
   * 8 minutes to stream.
   */
  static Limits ofSageMaker() {
    return new Limits(6_291_456, Duration.ofSeconds(60), Duration.ofMinutes(8));
  }
}
