package dev.slipway.api;

import java.util.List;

/** Says everything that is wrong with one request. */
final class Invalid extends RuntimeException {
  private final transient List<Violation> violations;

  Invalid(List<Violation> violations) {
    super("invalid request", null, false, false);
    this.violations = List.copyOf(violations);
  }

  /** Returns what is wrong, at least one thing. */
  List<Violation> violations() {
    return violations;
  }
}
