package dev.slipway.cli;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.ManifestInvalid;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Overloaded;
import dev.slipway.failure.Refused;
import dev.slipway.failure.UsageFailure;

/** Names the exit codes that scripts rely on, and says which failure ends in which. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int MANIFEST_INVALID = 3;
  static final int REFUSED = 4;
  static final int LEFT_BEHIND = 9;
  static final int INTERRUPTED = 130;

  private ExitCode() {}

  static int of(Failure failure) {
    return switch (failure) {
      case OperationFailed _, EndpointFailure _, Overloaded _ -> FAILED;
      case UsageFailure _ -> USAGE;
      case ManifestInvalid _ -> MANIFEST_INVALID;
      case Refused _ -> REFUSED;
      case Interrupted _ -> INTERRUPTED;
    };
  }
}
