package dev.slipway.failure;

/**
 * Says that the user, or the machine, asked the work to stop before it was done (exit code 130).
 */
public final class Interrupted extends Failure {

  /** Makes an interruption that says what was left, who ended it, and how to go on. */
  public Interrupted(String what, String why, String next) {
    super("interrupted", what, why, next, true, null);
  }
}
