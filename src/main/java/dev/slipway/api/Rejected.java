package dev.slipway.api;

/** Ends a request with a problem. */
final class Rejected extends RuntimeException {
  private final transient Problem problem;

  Rejected(Problem problem) {
    super(problem.code(), null, false, false);
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
