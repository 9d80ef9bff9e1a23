package dev.slipway.local;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Decides whether a crashed container is started again, and after how long. For one thread.
 *
 * <p>A container that was never healthy gets one more try: what fails at once fails again.
 */
final class RestartPolicy {
  private static final int UNPROVEN_CRASHES = 2;

  private final int crashes;
  private final Duration within;
  private final Duration firstWait;
  private final Duration longestWait;
  private final Deque<Instant> recent = new ArrayDeque<>();
  private boolean proven;

  /**
   * Makes a policy.
   *
   * @param crashes that many within the time are too many
   * @param firstWait before the first restart; doubled for each crash that is not forgotten yet
   */
  RestartPolicy(int crashes, Duration within, Duration firstWait, Duration longestWait) {
    this.crashes = crashes;
    this.within = within;
    this.firstWait = firstWait;
    this.longestWait = longestWait;
  }

  /** Takes note that the container was healthy. */
  void healthy() {
    proven = true;
  }

  /** Takes note of a crash; returns how long to wait before a restart, absent to give up. */
  Optional<Duration> crashed(Instant now) {
    recent.addLast(now);
    while (recent.getFirst().isBefore(now.minus(within))) {
      recent.removeFirst();
    }
    if (recent.size() >= (proven ? crashes : UNPROVEN_CRASHES)) {
      return Optional.empty();
    }
    Duration wait = firstWait.multipliedBy(1L << Math.min(recent.size() - 1, 20));
    return Optional.of(wait.compareTo(longestWait) > 0 ? longestWait : wait);
  }

  /** Returns how many crashes are not forgotten yet. */
  int recentCrashes() {
    return recent.size();
  }
}
