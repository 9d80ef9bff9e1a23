package dev.slipway.manifest;

import java.time.Duration;
import java.util.Set;

/**
 * Says how a change of the endpoint is rolled out.
 *
 * @param strategy the deployment guardrail
 * @param stepPercent the share of each step
 * @param baking the wait after each step
 * @param alarms which alarms roll the change back
 * @param timeout the whole, 600-28,800 s
 */
public record UpdateSpec(
    Strategy strategy, int stepPercent, Duration baking, Set<Alarm> alarms, Duration timeout) {

  /** Copies the alarms. */
  public UpdateSpec {
    alarms = Set.copyOf(alarms);
  }

  /** SageMaker's deployment guardrails. */
  public enum Strategy {
    /** A small share first, then the rest. */
    CANARY,
    /** Equal steps. */
    LINEAR,
    /** In place, batch by batch. */
    ROLLING,
    /** Everything at once. */
    ALL_AT_ONCE
  }

  /** Alarms that may roll a change back. */
  public enum Alarm {
    /** 5xx answers. */
    ERRORS,
    /** Slow answers. */
    LATENCY
  }
}
