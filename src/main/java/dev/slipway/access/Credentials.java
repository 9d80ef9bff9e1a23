package dev.slipway.access;

import java.util.Optional;

/** Knows the bearer tokens of one kind. Thread-safe. */
public interface Credentials {
  /**
   * Tells who holds a token.
   *
   * @return absent if the token is not of this kind, or nobody's
   * @throws Denied if it is of this kind, but no good, and its holder may know why
   * @throws dev.slipway.failure.OperationFailed if it can't be told now
   */
  Optional<Identity> identify(String token);
}
