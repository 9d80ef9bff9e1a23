package dev.slipway.failure;

import org.jspecify.annotations.Nullable;

/**
 * Says that Slipway stopped looking while the cloud goes on with what it was asked (exit code 6):
 * the user detached, credentials expired, the network was lost, or the time to wait was over.
 */
public final class StillWorking extends Failure {

  /** Makes a failure that says what goes on, why nobody looks any more, and how to look again. */
  public StillWorking(String what, String why, String next, @Nullable Throwable cause) {
    super("still_working", what, why, next, true, cause);
  }
}
