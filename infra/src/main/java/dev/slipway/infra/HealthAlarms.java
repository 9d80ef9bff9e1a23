package dev.slipway.infra;

import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.UpdateSpec;
import dev.slipway.manifest.UpdateSpec.Alarm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.constructs.Construct;

/** Rings when answers fail or are slow; the ones that the manifest names roll an update back. */
final class HealthAlarms extends Construct {
  /** How many percent of the answers may fail in good times. */
  private static final double TOLERATED_PERCENT = 5;

  /** SageMaker gives a realtime request 60 s, see {@code sagemaker:InvokeEndpoint}. */
  private static final Duration REALTIME = Duration.ofSeconds(60);

  /** What is slower than this share of the time that a request has is about to fail. */
  private static final double SLOW = 0.75;

  private final List<String> rollback;

  HealthAlarms(Construct scope, String id, Hosted hosted) {
    super(scope, id);
    UpdateSpec update = hosted.spec().update();
    String errors = Watch.name(hosted, "errors");
    errors(hosted).declare(this, "ErrorsAlarm", errors, Optional.empty());
    String latency = Watch.name(hosted, "latency");
    latency(hosted).declare(this, "LatencyAlarm", latency, Optional.empty());
    var names = new ArrayList<String>();
    for (Alarm alarm : Alarm.values()) {
      if (update.alarms().contains(alarm)) {
        names.add(
            switch (alarm) {
              case ERRORS -> errors;
              case LATENCY -> latency;
            });
      }
    }
    rollback = List.copyOf(names);
  }

  /** Returns the names of the alarms that roll an update back. */
  List<String> rollback() {
    return rollback;
  }

  /** SageMaker sends a 1 for each 5xx and a 0 for each other answer: the average is the share. */
  private static Watch errors(Hosted hosted) {
    return new Watch(
        "Too many answers of the container are 5xx",
        Watch.NAMESPACE,
        "Invocation5XXErrors",
        Watch.serving(hosted),
        "Average",
        Watch.ABOVE,
        tolerated(hosted.spec().update()),
        2,
        3,
        false);
  }

  /**
   * A first step in which every answer fails must ring, and it is only that step's share of all
   * traffic: half of it, and never more than is tolerated anyway.
   */
  private static double tolerated(UpdateSpec update) {
    double percent =
        switch (update.strategy()) {
          case CANARY, LINEAR, ROLLING -> Math.min(TOLERATED_PERCENT, update.stepPercent() / 2.0);
          case ALL_AT_ONCE -> TOLERATED_PERCENT;
        };
    return percent / 100;
  }

  private static Watch latency(Hosted hosted) {
    Duration given =
        switch (hosted.spec()) {
          case EndpointSpec.Realtime _ -> REALTIME;
          case EndpointSpec.Async async -> async.timeout();
        };
    return new Watch(
        "One of twenty answers takes three quarters of the time that SageMaker gives it",
        Watch.NAMESPACE,
        "ModelLatency",
        Watch.serving(hosted),
        "p95",
        Watch.ABOVE,
        // In microseconds.
        Math.floor(given.toMillis() * 1000 * SLOW),
        3,
        3,
        false);
  }
}
