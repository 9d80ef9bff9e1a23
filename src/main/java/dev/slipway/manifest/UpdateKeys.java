package dev.slipway.manifest;

import dev.slipway.manifest.UpdateSpec.Alarm;
import dev.slipway.manifest.UpdateSpec.Strategy;
import java.time.Duration;
import java.util.List;

/** Describes how a change is rolled out. The bounds are those of SageMaker's guardrails. */
final class UpdateKeys {

  static final Key<Strategy> STRATEGY =
      Key.of(
          "endpoint.update.strategy",
          ScalarTypes.word(Strategy.class),
          "canary",
          "rolling",
          "canary: one step, then the rest; linear: equal steps; rolling: in place, batch by batch;"
              + " all-at-once. With components: rolling (then the default) or all-at-once.");

  static final Key<Integer> STEP =
      Key.of(
          "endpoint.update.step",
          ScalarTypes.percent(1, 50),
          "10%",
          "25%",
          "The share of each step: canary 1-50 %, linear 10-50 %, rolling 5-50 %.");

  static final Key<Duration> WAIT =
      Key.of(
          "endpoint.update.wait",
          ScalarTypes.duration("0s", "1h"),
          "5m",
          "10m",
          "The wait after each step, in which alarms are watched.");

  static final Key<List<Alarm>> ALARMS =
      Key.of(
          "endpoint.update.alarms",
          new ListType<>(ScalarTypes.word(Alarm.class), 0, 10),
          "[errors, latency]",
          "[errors]",
          "Which alarms roll the change back; without any, nothing does.");

  static final Key<Duration> TIMEOUT =
      Key.of(
          "endpoint.update.timeout",
          ScalarTypes.duration("10m", "8h"),
          "1h",
          "2h",
          "How long the whole change may take.");

  private UpdateKeys() {}

  static void addTo(Shape shape) {
    shape.section(
        "endpoint.update", "How a change is rolled out.", STRATEGY, STEP, WAIT, ALARMS, TIMEOUT);
  }
}
