package dev.slipway.failure;

import org.jspecify.annotations.Nullable;

/**
 * Says that what was deployed, or measured, isn't good enough (exit code 8): the smoke test failed,
 * or an evaluation's gate was not reached.
 */
public final class GateFailed extends Failure {

  /** Makes a failure of the gate that the code names, such as {@code smoke_failed}. */
  public GateFailed(String code, String what, String why, String next, @Nullable Throwable cause) {
    super(code, what, why, next, false, cause);
  }
}
