package dev.slipway.failure;

/** Says that another deploy works on the same environment (exit code 7). */
public final class LockHeld extends Failure {

  /** Makes a failure that says who holds the lock, since when and from where. */
  public LockHeld(String what, String why, String next) {
    super("lock_held", what, why, next, true, null);
  }
}
