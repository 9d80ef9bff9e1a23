package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import java.util.Arrays;

/** Tells of an exception that no one foresaw: a defect of ours, not the user's fault. */
final class Unexpected {
  private Unexpected() {}

  static OperationFailed of(Exception e) {
    String place =
        Arrays.stream(e.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith("dev.slipway"))
            .findFirst()
            .map(frame -> " at " + frame)
            .orElse("");
    return new OperationFailed(
        "internal",
        "Slipway failed in a way that was not foreseen",
        e.getClass().getSimpleName() + ": " + e.getMessage() + place,
        "This is a defect: please report it with this message and `slipway --version`.",
        false,
        e);
  }
}
