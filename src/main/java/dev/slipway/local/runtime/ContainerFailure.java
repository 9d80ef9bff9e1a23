package dev.slipway.local.runtime;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Says why a container gave no answer, or not all of it. */
final class ContainerFailure extends IOException {

  /** Why. */
  enum Reason {
    /** Nothing listens there. */
    UNREACHABLE,
    /** The connection ended before the answer did. */
    BROKEN,
    /** The time was over. */
    LATE,
    /** The caller left, so nobody wants the answer. */
    UNWANTED
  }

  private final Reason reason;

  ContainerFailure(Reason reason, @Nullable Throwable cause) {
    super("container " + reason, cause);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
