package dev.slipway.standin.stacks;

import dev.slipway.standin.kernel.AwsError;
import dev.slipway.standin.kernel.Conditions.Action;
import java.util.Optional;

/** Takes one resource away. */
final class DeleteTask implements Task {
  private final StackRecord stack;
  private final Services services;
  private final ResourceType type;
  private final Made made;
  private final boolean listed;
  private boolean begun;

  /**
   * Makes the step.
   *
   * @param listed whether the stack goes on listing the resource, as deleted
   */
  DeleteTask(StackRecord stack, Services services, ResourceType type, Made made, boolean listed) {
    this.stack = stack;
    this.services = services;
    this.type = type;
    this.made = made;
    this.listed = listed;
  }

  @Override
  public String logicalId() {
    return made.logicalId();
  }

  @Override
  public Task again() {
    return new DeleteTask(stack, services, type, made, listed);
  }

  @Override
  public Progress advance() {
    String physicalId = made.physicalId().orElseThrow();
    try {
      if (!begun) {
        begun = true;
        say("DELETE_IN_PROGRESS", Optional.empty());
        Optional<String> trouble = StackWork.trouble(services, made.logicalId(), Action.DELETE);
        if (trouble.isPresent()) {
          return failed(trouble.get());
        }
        type.delete(physicalId);
        return new Progress.Working();
      }
      Progress progress = type.deletion(physicalId);
      return switch (progress) {
        case Progress.Working working -> working;
        case Progress.Done done -> {
          say("DELETE_COMPLETE", Optional.empty());
          yield done;
        }
        case Progress.Failed failed -> failed(failed.reason());
      };
    } catch (AwsError e) {
      return failed(e.text());
    }
  }

  private Progress failed(String reason) {
    say("DELETE_FAILED", Optional.of(reason));
    return new Progress.Failed(reason);
  }

  private void say(String status, Optional<String> reason) {
    Made now = made.with(status, reason);
    if (listed) {
      stack.keep(now);
    } else {
      stack.tell(now);
    }
  }
}
