package dev.slipway.standin.stacks;

import dev.slipway.standin.kernel.AwsError;
import dev.slipway.standin.kernel.Conditions.Action;
import java.util.Optional;

/** Changes one resource back to what it was before an update. */
final class PutBackTask implements Task {
  private final StackRecord stack;
  private final Services services;
  private final ResourceType type;
  private final Made before;
  private boolean begun;

  PutBackTask(StackRecord stack, Services services, ResourceType type, Made before) {
    this.stack = stack;
    this.services = services;
    this.type = type;
    this.before = before;
  }

  @Override
  public String logicalId() {
    return before.logicalId();
  }

  @Override
  public Task again() {
    return new PutBackTask(stack, services, type, before);
  }

  @Override
  public Progress advance() {
    String physicalId = before.physicalId().orElseThrow();
    try {
      if (!begun) {
        begun = true;
        stack.keep(before.with("UPDATE_IN_PROGRESS", Optional.empty()));
        Optional<String> trouble = StackWork.trouble(services, before.logicalId(), Action.PUT_BACK);
        if (trouble.isPresent()) {
          return failed(trouble.get());
        }
        type.update(physicalId, before.spec());
        return new Progress.Working();
      }
      Progress progress = type.progress(physicalId, before.spec());
      return switch (progress) {
        case Progress.Working working -> working;
        case Progress.Done done -> {
          stack.keep(before.with("UPDATE_COMPLETE", Optional.empty()));
          yield done;
        }
        case Progress.Failed failed -> failed(failed.reason());
      };
    } catch (AwsError e) {
      return failed(e.text());
    }
  }

  private Progress failed(String reason) {
    stack.keep(before.with("UPDATE_FAILED", Optional.of(reason)));
    return new Progress.Failed(reason);
  }
}
