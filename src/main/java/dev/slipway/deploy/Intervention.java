package dev.slipway.deploy;

import dev.slipway.plan.Plan;

/** Asks whoever started a deploy, where only they can decide. Called on the deploying thread. */
public interface Intervention {

  /** What to do with a change that the cloud works on when the user interrupts. */
  enum Choice {
    /** Put back what was before. */
    ROLL_BACK,
    /** Let the cloud go on, and stop looking. */
    LEAVE_RUNNING
  }

  /**
   * Returns whether to do what the plan says; false ends the deploy with nothing changed.
   *
   * @param plan has changes
   */
  boolean approves(Plan plan);

  /**
   * Decides after an interrupt while the cloud works. A second interrupt leaves it running without
   * a question.
   *
   * @param stack the name of the stack that is being changed
   */
  Choice interrupted(String stack);

  /** Approves everything, and leaves the cloud running when interrupted: what {@code --yes} is. */
  static Intervention none() {
    return new Intervention() {
      @Override
      public boolean approves(Plan plan) {
        return true;
      }

      @Override
      public Choice interrupted(String stack) {
        return Choice.LEAVE_RUNNING;
      }
    };
  }
}
