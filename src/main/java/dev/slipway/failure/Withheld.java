package dev.slipway.failure;

/**
 * Says that a configured check found in a question or an answer what must not be there (HTTP 403).
 * It quotes nothing of either.
 */
public final class Withheld extends Failure {

  /** Makes a refusal. */
  public Withheld(String code, String what, String why, String next) {
    super(code, what, why, next, false, null);
  }
}
