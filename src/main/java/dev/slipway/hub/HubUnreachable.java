package dev.slipway.hub;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Says that a host did not answer, or kept failing, through every try. */
final class HubUnreachable extends IOException {
  private static final long serialVersionUID = 1;

  HubUnreachable(String host, String why, @Nullable Throwable cause) {
    super(host + ": " + why, cause);
  }
}
