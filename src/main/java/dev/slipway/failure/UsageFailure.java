package dev.slipway.failure;

/** Says that the arguments of a command do not fit together (exit code 2). */
public final class UsageFailure extends Failure {

  /** Makes a usage failure. */
  public UsageFailure(String what, String why, String next) {
    super("usage", what, why, next, false, null);
  }
}
