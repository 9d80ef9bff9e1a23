package dev.slipway.api;

import dev.slipway.access.ApiKey;
import dev.slipway.access.Credentials;
import dev.slipway.access.Identity;
import dev.slipway.access.Scope;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Knows plain API keys by their SHA-256, never by themselves; each may do everything. Immutable.
 */
public final class ApiKeys implements Credentials {
  private final List<byte[]> hashes;

  /**
   * Takes the hashes of the keys.
   *
   * @param sha256 each key's SHA-256 as 64 hexadecimal digits, at least one
   * @throws IllegalArgumentException if there is none, or one is no such hash
   */
  public ApiKeys(Collection<String> sha256) {
    if (sha256.isEmpty()) {
      throw new IllegalArgumentException(
          "must hold at least one hash: no key at all opens nothing");
    }
    List<byte[]> parsed = new ArrayList<>();
    for (String hash : sha256) {
      byte[] bytes = HexFormat.of().parseHex(hash);
      if (bytes.length != 32) {
        throw new IllegalArgumentException("must be 64 hexadecimal digits");
      }
      parsed.add(bytes);
    }
    this.hashes = List.copyOf(parsed);
  }

  /** Returns the hash by which a key is known. */
  public static String hash(String key) {
    return ApiKey.hash(key);
  }

  /** Takes the same time whichever key it is, or none. */
  @Override
  public Optional<Identity> identify(String token) {
    return caller(token).map(name -> new Identity(name, Optional.empty(), Set.of(Scope.values())));
  }

  /** Returns the name of the caller that holds a key, absent if it is no key of ours. */
  Optional<String> caller(String key) {
    String text = ApiKey.hash(key);
    byte[] hash = HexFormat.of().parseHex(text);
    boolean known = false;
    for (byte[] each : hashes) {
      known |= MessageDigest.isEqual(each, hash);
    }
    // A few digits of the hash name the caller in the books and give nothing away.
    return known ? Optional.of("key:" + text.substring(0, 12)) : Optional.empty();
  }
}
