package dev.slipway.manifest;

import java.time.Duration;
import java.time.Instant;

/** Says when a deployment should be gone. */
public sealed interface Expiry {

  /**
   * Some time after it was deployed.
   *
   * @param duration counted from the deploy
   */
  record After(Duration duration) implements Expiry {}

  /**
   * At a moment.
   *
   * @param instant the moment
   */
  record At(Instant instant) implements Expiry {}
}
