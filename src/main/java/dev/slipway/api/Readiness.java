package dev.slipway.api;

import java.util.List;
import java.util.Optional;

/**
 * Says whether the service can answer questions now, and if not, why.
 *
 * @param checks what was looked at; all must be ready
 */
record Readiness(List<Check> checks) {

  /** Copies the checks. */
  public Readiness {
    checks = List.copyOf(checks);
  }

  /**
   * One thing that must be there.
   *
   * @param name what it is, in snake_case: {@code endpoint}, {@code index}
   * @param notReady why it isn't ready, for a stranger to read; absent if it is
   */
  public record Check(String name, Optional<String> notReady) {
    /** Returns a check that is passed. */
    public static Check ready(String name) {
      return new Check(name, Optional.empty());
    }

    /** Returns a check that is not, with the reason. */
    public static Check notReady(String name, String why) {
      return new Check(name, Optional.of(why));
    }
  }

  /** Returns whether every check is passed. */
  public boolean ready() {
    return checks.stream().allMatch(check -> check.notReady().isEmpty());
  }
}
