package dev.slipway.api;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Names requests. */
final class RequestIds {
  /** Short and without anything that a log line, a header or a shell could stumble over. */
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

  private RequestIds() {}

  /** Returns the caller's name for its request if it is a safe one, else a new one. */
  static String of(Optional<String> given) {
    return given
        .filter(id -> SAFE.matcher(id).matches())
        .orElseGet(() -> UUID.randomUUID().toString());
  }
}
