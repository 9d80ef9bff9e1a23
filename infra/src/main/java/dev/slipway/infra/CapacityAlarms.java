package dev.slipway.infra;

import dev.slipway.manifest.EndpointSpec;
import java.time.Duration;
import java.util.Optional;
import software.constructs.Construct;

/** Rings when nothing healthy serves, or requests wait longer than they should. */
final class CapacityAlarms extends Construct {
  /** Twice the 9 min 24 s that others measured from nothing to the first answer. */
  private static final Duration WAKE = Duration.ofMinutes(20);

  CapacityAlarms(Construct scope, String id, Hosted hosted) {
    super(scope, id);
    boolean toZero = Bounds.of(hosted.spec().scaling()).least() == 0;
    Watch capacity =
        switch (hosted.spec()) {
          case EndpointSpec.Async _ ->
              toZero ? backlogWithoutInstance(hosted) : silentInstances(hosted);
          case EndpointSpec.Realtime realtime ->
              realtime.components() ? refused(hosted, toZero) : silentInstances(hosted);
        };
    capacity.declare(this, "CapacityAlarm", Watch.name(hosted, "capacity"), Optional.empty());
    if (hosted.spec() instanceof EndpointSpec.Async async) {
      age(hosted, async)
          .declare(this, "BacklogAgeAlarm", Watch.name(hosted, "backlog-age"), Optional.empty());
    }
  }

  /** Each running instance reports its memory every minute: none reports, none runs. */
  private static Watch silentInstances(Hosted hosted) {
    return new Watch(
        "No instance of the endpoint has reported for five minutes",
        "/aws/sagemaker/Endpoints",
        "MemoryUtilization",
        Watch.variant(hosted),
        "SampleCount",
        Watch.BELOW,
        1,
        5,
        5,
        true);
  }

  private static Watch backlogWithoutInstance(Hosted hosted) {
    int minutes = Math.toIntExact(WAKE.toMinutes());
    return new Watch(
        "Requests wait, and no instance has started for longer than a start takes",
        Watch.NAMESPACE,
        "HasBacklogWithoutCapacity",
        Watch.endpoint(hosted),
        "Maximum",
        Watch.AT_LEAST,
        1,
        minutes,
        minutes,
        false);
  }

  /** Waking up refuses requests too: what can sleep rings only when that takes too long. */
  private static Watch refused(Hosted hosted, boolean toZero) {
    int minutes = toZero ? Math.toIntExact(WAKE.toMinutes()) : 3;
    return new Watch(
        "Requests are refused because no copy of the model runs",
        Watch.NAMESPACE,
        "NoCapacityInvocationFailures",
        Watch.serving(hosted),
        "Sum",
        Watch.AT_LEAST,
        1,
        minutes,
        minutes,
        false);
  }

  /** The oldest waits longer than an endpoint takes to wake up and answer the one before. */
  private static Watch age(Hosted hosted, EndpointSpec.Async async) {
    return new Watch(
        "The oldest request waits longer than a start and a whole answer take",
        Watch.NAMESPACE,
        "ApproximateAgeOfOldestRequest",
        Watch.endpoint(hosted),
        "Maximum",
        Watch.ABOVE,
        WAKE.plus(async.timeout()).toSeconds(),
        3,
        3,
        false);
  }
}
