package dev.slipway.rag.retrieval;

import dev.slipway.endpoint.Deadline;
import java.time.Duration;

/** Says how long a step may take before the answer goes on without it. */
final class Budget {
  private Budget() {}

  /**
   * Returns when a step has to end that begins now: after its budget, and after at most half of the
   * time that the answer has left, so that most of it is the model's.
   */
  static Deadline of(Duration budget, Deadline answer) {
    Duration half = answer.remaining().dividedBy(2);
    return Deadline.in(budget.compareTo(half) < 0 ? budget : half);
  }
}
