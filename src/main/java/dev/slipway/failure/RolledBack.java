package dev.slipway.failure;

/**
 * Says that a change was undone by the cloud, by an alarm, or by the user (exit code 5): what runs
 * now is what ran before, or nothing where nothing did.
 */
public final class RolledBack extends Failure {

  /**
   * Makes a failure that names the alarm or container error behind it.
   *
   * @param code a stable name in snake_case of the cause
   */
  public RolledBack(String code, String what, String why, String next) {
    super(code, what, why, next, false, null);
  }
}
