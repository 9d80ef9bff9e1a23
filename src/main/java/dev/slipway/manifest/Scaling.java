package dev.slipway.manifest;

import java.time.Duration;
import java.util.List;

/**
 * Says how many instances (or component copies) there are.
 *
 * @param min at least so many
 * @param max at most so many
 * @param concurrency the wanted requests at once for each instance or copy
 * @param cooldownIn wait after scaling in
 * @param cooldownOut wait after scaling out
 * @param schedule changes of min and max by the clock
 */
public record Scaling(
    int min,
    int max,
    int concurrency,
    Duration cooldownIn,
    Duration cooldownOut,
    List<Scheduled> schedule) {

  /** Copies the schedule. */
  public Scaling {
    schedule = List.copyOf(schedule);
  }

  /**
   * One change by the clock.
   *
   * @param when an Application Auto Scaling expression: {@code cron(...)}, {@code rate(...)},
   *     {@code at(...)}
   * @param timezone an IANA zone
   */
  public record Scheduled(String when, String timezone, int min, int max) {}
}
