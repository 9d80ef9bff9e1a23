package dev.slipway.deploy.observe;

import dev.slipway.deploy.cloud.StackStatus;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** How a deployment in the cloud is, in one word of the status document. */
enum Phase {
  /** There is neither a stack nor an endpoint. */
  ABSENT,
  /** It is made for the first time. */
  STARTING,
  /** It answers. */
  RUNNING,
  /** It is changed; it answers meanwhile. */
  UPDATING,
  /** A change is taken back. */
  ROLLING_BACK,
  /** It is taken away. */
  REMOVING,
  /** It doesn't answer, and won't by itself. */
  FAILED;

  /** Returns the word. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Phase of(Optional<StackStatus> stack, Optional<String> endpoint) {
    boolean there = stack.filter(s -> Outcome.of(s) != Outcome.GONE).isPresent();
    if (!there && endpoint.isEmpty()) {
      return ABSENT;
    }
    Optional<Phase> moving = stack.flatMap(Phase::moving);
    return moving.orElseGet(() -> endpoint.map(Phase::still).orElse(FAILED));
  }

  /**
   * Returns how a service on ECS is.
   *
   * @param running tasks; absent where they can't be looked at
   */
  static Phase of(StackStatus stack, OptionalInt running, int desired) {
    return moving(stack)
        .orElseGet(
            () -> {
              boolean done = Outcome.of(stack) == Outcome.DONE;
              int now = running.orElse(done ? Math.max(1, desired) : 0);
              return now >= Math.max(1, desired) ? RUNNING : done ? STARTING : FAILED;
            });
  }

  private static Optional<Phase> moving(StackStatus status) {
    return switch (status) {
      case CREATE_IN_PROGRESS, IMPORT_IN_PROGRESS -> Optional.of(STARTING);
      case UPDATE_IN_PROGRESS, UPDATE_COMPLETE_CLEANUP_IN_PROGRESS -> Optional.of(UPDATING);
      case ROLLBACK_IN_PROGRESS,
          UPDATE_ROLLBACK_IN_PROGRESS,
          UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS,
          IMPORT_ROLLBACK_IN_PROGRESS ->
          Optional.of(ROLLING_BACK);
      case DELETE_IN_PROGRESS -> Optional.of(REMOVING);
      case UPDATE_ROLLBACK_FAILED, ROLLBACK_FAILED, DELETE_FAILED -> Optional.of(FAILED);
      case CREATE_FAILED,
          CREATE_COMPLETE,
          ROLLBACK_COMPLETE,
          DELETE_COMPLETE,
          UPDATE_COMPLETE,
          UPDATE_FAILED,
          UPDATE_ROLLBACK_COMPLETE,
          REVIEW_IN_PROGRESS,
          IMPORT_COMPLETE,
          IMPORT_ROLLBACK_FAILED,
          IMPORT_ROLLBACK_COMPLETE ->
          Optional.empty();
    };
  }

  private static Phase still(String endpoint) {
    return switch (endpoint) {
      case "InService" -> RUNNING;
      case "Creating" -> STARTING;
      case "Updating", "SystemUpdating" -> UPDATING;
      case "RollingBack" -> ROLLING_BACK;
      case "Deleting" -> REMOVING;
      default -> FAILED;
    };
  }
}
