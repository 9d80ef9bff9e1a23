package dev.slipway.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What is kept of one API key; the key itself is not.
 *
 * @param id the key's
 * @param name whose it is, for people
 * @param hash the key's SHA-256, 64 hexadecimal digits
 * @param scopes what it may do, at least one
 * @param tenant whose passages it may see; absent for a caller without one
 * @param created when it was made
 * @param expires from when it is no good; absent for never
 */
public record KeyRecord(
    String id,
    String name,
    String hash,
    Set<Scope> scopes,
    Optional<String> tenant,
    Instant created,
    Optional<Instant> expires) {

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if it could be no key's
   */
  public KeyRecord {
    scopes = Set.copyOf(scopes);
    if (!id.matches("[0-9A-Za-z]{1,40}")) {
      throw new IllegalArgumentException("an id is letters and digits");
    }
    if (!hash.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("a hash is 64 hexadecimal digits");
    }
    if (scopes.isEmpty()) {
      throw new IllegalArgumentException("a key without a scope opens nothing");
    }
  }

  /** Returns whether the key's time is over. */
  public boolean expired(Instant now) {
    return expires.isPresent() && !now.isBefore(expires.get());
  }

  Identity identity() {
    return new Identity("key:" + id, tenant, scopes);
  }
}
