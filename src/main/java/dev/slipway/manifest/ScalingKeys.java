package dev.slipway.manifest;

import dev.slipway.manifest.Scaling.Scheduled;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Describes how many instances (or component copies) there are. */
final class ScalingKeys {
  /** No quota for one instance type is near it. */
  private static final int MOST = 1000;

  static final Key<Integer> MIN =
      Key.of(
          "endpoint.scaling.min",
          ScalarTypes.integer(0, MOST),
          "1",
          "2",
          "At least so many instances (or component copies). 0 needs async, or realtime with"
              + " components.");

  static final Key<Integer> MAX =
      Key.of("endpoint.scaling.max", ScalarTypes.integer(1, MOST), "4", "10", "At most so many.");

  static final Key<Integer> CONCURRENCY =
      Key.of(
          "endpoint.scaling.concurrency",
          ScalarTypes.integer(1, 1000),
          "8",
          "16",
          "How many requests at once each of them should have; scaling aims at it.");

  static final Key<Duration> COOLDOWN_IN =
      Key.of(
          "endpoint.scaling.cooldown.in",
          ScalarTypes.duration("0s", "24h"),
          "5m",
          "10m",
          "The wait after there is one less.");

  static final Key<Duration> COOLDOWN_OUT =
      Key.of(
          "endpoint.scaling.cooldown.out",
          ScalarTypes.duration("0s", "24h"),
          "1m",
          "30s",
          "The wait after there is one more.");

  private static final Key<String> WHEN =
      Key.required(
          "when",
          ScalarTypes.text(
              "cron(...), rate(...) or at(...)", "(cron|rate|at)\\([A-Za-z0-9 ,*?/#:-]{1,200}\\)"),
          "\"cron(0 8 ? * MON-FRI *)\"",
          "An Application Auto Scaling expression.");

  private static final Key<String> TIMEZONE =
      Key.of(
          "timezone",
          EndpointTypes.timezone(),
          "UTC",
          "Europe/Vienna",
          "The time zone of the expression.");

  private static final Key<Integer> FROM_THEN =
      Key.required("min", ScalarTypes.integer(0, MOST), "2", "The new min.");

  private static final Key<Integer> MOST_THEN =
      Key.required("max", ScalarTypes.integer(0, MOST), "6", "The new max.");

  static final Key<List<Scheduled>> SCHEDULE =
      Key.of(
          "endpoint.scaling.schedule",
          new ListType<>(
              new ObjectType<>(
                  "a map of when, timezone, min, max",
                  Shape.of("One change by the clock.", WHEN, TIMEZONE, FROM_THEN, MOST_THEN),
                  ScalingKeys::scheduled,
                  ScalingKeys::objection),
              0,
              50),
          "[]",
          "[{when: \"cron(0 8 ? * MON-FRI *)\", timezone: Europe/Vienna, min: 2, max: 6}]",
          "Changes of min and max by the clock.");

  private ScalingKeys() {}

  private static Scheduled scheduled(Values values) {
    return new Scheduled(
        values.get(WHEN), values.get(TIMEZONE), values.get(FROM_THEN), values.get(MOST_THEN));
  }

  private static Optional<String> objection(Values values) {
    return Optional.of(
            "max must be at least min (%d), is %d"
                .formatted(values.get(FROM_THEN), values.get(MOST_THEN)))
        .filter(reason -> values.get(MOST_THEN) < values.get(FROM_THEN));
  }

  static void addTo(Shape shape) {
    shape
        .section("endpoint.scaling", "How many instances there are.", MIN, MAX, CONCURRENCY)
        .section("endpoint.scaling.cooldown", "Waits.", COOLDOWN_IN, COOLDOWN_OUT)
        .with(SCHEDULE);
  }
}
