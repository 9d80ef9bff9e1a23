package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Stacks;
import java.util.List;

/** Looks, while a stack changes, at what its resources do; and knows why they failed. */
interface StackWatch {

  /** Looks; called every few seconds. */
  void look();

  /** Returns whether, at the last look, a resource was in a state in which nothing deletes it. */
  boolean changing();

  /**
   * Says why a change failed.
   *
   * @param failed the events of resources that failed, the first one first; may be empty
   */
  Diagnosis diagnose(List<Stacks.Event> failed);

  /** Watches nothing: CloudFormation's own words are the cause. */
  static StackWatch of(String stack) {
    return new StackWatch() {
      @Override
      public void look() {}

      @Override
      public boolean changing() {
        return false;
      }

      @Override
      public Diagnosis diagnose(List<Stacks.Event> failed) {
        return FailureCause.of(
            stack, failed, java.util.Optional.empty(), List.of(), List.of(), false);
      }
    };
  }
}
