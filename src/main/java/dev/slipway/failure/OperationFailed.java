package dev.slipway.failure;

import org.jspecify.annotations.Nullable;

/** Says that an operation failed for a reason that its code names (exit code 1). */
public final class OperationFailed extends Failure {

  /** Makes a failure that trying again, unchanged, will not mend. */
  public OperationFailed(String code, String what, String why, String next) {
    this(code, what, why, next, false, null);
  }

  /** Makes a failure with its cause. */
  public OperationFailed(
      String code,
      String what,
      String why,
      String next,
      boolean retriable,
      @Nullable Throwable cause) {
    super(code, what, why, next, retriable, cause);
  }
}
