package dev.slipway.cli;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.Failure;
import dev.slipway.failure.GateFailed;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.LockHeld;
import dev.slipway.failure.ManifestInvalid;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Overloaded;
import dev.slipway.failure.Refused;
import dev.slipway.failure.RolledBack;
import dev.slipway.failure.StillWorking;
import dev.slipway.failure.UsageFailure;
import dev.slipway.failure.Withheld;

/** Names the exit codes that scripts rely on, and says which failure ends in which. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int MANIFEST_INVALID = 3;
  static final int REFUSED = 4;
  static final int ROLLED_BACK = 5;
  static final int STILL_WORKING = 6;
  static final int LOCK_HELD = 7;
  static final int GATE_FAILED = 8;
  static final int LEFT_BEHIND = 9;
  static final int INTERRUPTED = 130;

  private ExitCode() {}

  static int of(Failure failure) {
    return switch (failure) {
      case OperationFailed _, CloudFailure _, EndpointFailure _, Overloaded _ -> FAILED;
      case UsageFailure _ -> USAGE;
      case ManifestInvalid _ -> MANIFEST_INVALID;
      case Refused _, Withheld _ -> REFUSED;
      case RolledBack _ -> ROLLED_BACK;
      case StillWorking _ -> STILL_WORKING;
      case LockHeld _ -> LOCK_HELD;
      case GateFailed _ -> GATE_FAILED;
      case Interrupted _ -> INTERRUPTED;
    };
  }
}
