package dev.slipway.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;

/** Says why a service was not reached, also where Java's client only throws and says nothing. */
final class Unreachable {
  private Unreachable() {}

  static String why(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "its name is not known here";
      }
    }
    return Optional.ofNullable(failure.getMessage())
        .orElse(
            failure instanceof ConnectException
                ? "nothing listens there"
                : "the connection failed (" + failure.getClass().getSimpleName() + ")");
  }
}
