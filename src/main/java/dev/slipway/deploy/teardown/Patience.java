package dev.slipway.deploy.teardown;

import java.time.Duration;

/**
 * Says how long a removal waits for what can't go yet.
 *
 * @param look how often it looks
 * @param component for an inference component that is on its way to another state
 * @param endpoint for an endpoint that is: one in {@code Creating} can hang for an hour
 * @param stack for a stack that CloudFormation works on, beside the endpoint in it
 * @param proof for lists to say the same as descriptions
 */
public record Patience(
    Duration look, Duration component, Duration endpoint, Duration stack, Duration proof) {

  /** Returns what AWS needs. */
  public static Patience standard() {
    return new Patience(
        Duration.ofSeconds(10),
        Duration.ofMinutes(15),
        Duration.ofMinutes(90),
        Duration.ofMinutes(120),
        Duration.ofMinutes(10));
  }

  /** Returns how long things of a sort are waited for, from the first look at them. */
  Duration of(Sort sort) {
    return switch (sort) {
      case COMPONENT -> component;
      case ENDPOINT -> endpoint;
      case STACK -> stack;
      case ALARM, SCALING, CONFIG, MODEL, LOG_GROUP, UPLOAD, OBJECT, IMAGE -> proof;
    };
  }
}
