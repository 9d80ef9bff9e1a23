package dev.slipway.local;

import java.time.Duration;

/**
 * Says how patient a local endpoint is.
 *
 * @param startup until the container is healthy; SageMaker's own bound is up to an hour
 * @param ping between two looks at a healthy container
 * @param unhealthy for so long before a running container counts as hung
 * @param crashes that many within {@code crashWindow} end the endpoint
 * @param firstWait before the first restart; doubled for each further one
 * @param longestWait before any restart
 */
record EndpointTiming(
    Duration startup,
    Duration ping,
    Duration unhealthy,
    int crashes,
    Duration crashWindow,
    Duration firstWait,
    Duration longestWait) {

  /** Returns what suits people: 10 minutes to load a model, 5 crashes within 10 minutes. */
  static EndpointTiming usual() {
    return new EndpointTiming(
        Duration.ofMinutes(10),
        Duration.ofSeconds(2),
        Duration.ofSeconds(30),
        5,
        Duration.ofMinutes(10),
        Duration.ofMillis(250),
        Duration.ofSeconds(20));
  }
}
