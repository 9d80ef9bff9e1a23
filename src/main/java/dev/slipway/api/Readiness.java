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
   * @param state how it is
   * @param reason why it is so, for a stranger to read; absent if it is ready
   */
  public record Check(String name, State state, Optional<String> reason) {
    /** Returns a check that is passed. */
    public static Check ready(String name) {
      return new Check(name, State.READY, Optional.empty());
    }

    /** Returns a check that is passed by what wakes when it is asked. */
    public static Check sleeping(String name, String why) {
      return new Check(name, State.SLEEPING, Optional.of(why));
    }

    /** Returns a check that is not, with the reason. */
    public static Check notReady(String name, String why) {
      return new Check(name, State.NOT_READY, Optional.of(why));
    }

    /** Returns a check of what does not mend by waiting. */
    public static Check broken(String name, String why) {
      return new Check(name, State.BROKEN, Optional.of(why));
    }

    /** Returns whether it is passed. */
    public boolean passed() {
      return switch (state) {
        case READY, SLEEPING -> true;
        case NOT_READY, BROKEN -> false;
      };
    }
  }

  /** How something is. */
  public enum State {
    /** It answers. */
    READY,
    /** It has no copy running; the next question wakes it. */
    SLEEPING,
    /** It comes up, or goes down. */
    NOT_READY,
    /** It fails. */
    BROKEN
  }

  /** Returns whether every check is passed. */
  public boolean ready() {
    return checks.stream().allMatch(Check::passed);
  }
}
