package dev.slipway.access;

import java.util.Optional;
import java.util.Set;

/**
 * Who a caller is.
 *
 * @param name for the books, the same for every request of one caller; holds no secret
 * @param tenant whose passages the caller may see; absent where it has none
 * @param scopes what the caller may do
 */
public record Identity(String name, Optional<String> tenant, Set<Scope> scopes) {
  /** Copies the scopes. */
  public Identity {
    scopes = Set.copyOf(scopes);
  }
}
