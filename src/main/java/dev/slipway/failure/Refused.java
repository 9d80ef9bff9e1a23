package dev.slipway.failure;

/**
 * Says that a check made before anything was started or changed refused the work (exit code 4): an
 * unsafe model file, a model that does not fit into memory, a processor it can't run on.
 */
public final class Refused extends Failure {

  /** Makes a refusal. */
  public Refused(String code, String what, String why, String next) {
    super(code, what, why, next, false, null);
  }
}
