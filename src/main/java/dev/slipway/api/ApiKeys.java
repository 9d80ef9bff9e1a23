package dev.slipway.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Knows API keys by their SHA-256, never by themselves. Immutable. */
public final class ApiKeys {
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
    return HexFormat.of().formatHex(sha256(key));
  }

  /**
   * Returns the name of the caller that holds a key, absent if it is no key of ours. Takes the same
   * time whichever key it is, or none.
   */
  Optional<String> caller(String key) {
    byte[] hash = sha256(key);
    boolean known = false;
    for (byte[] each : hashes) {
      known |= MessageDigest.isEqual(each, hash);
    }
    // A few digits of the hash name the caller in the books and give nothing away.
    return known ? Optional.of("key:" + HexFormat.of().formatHex(hash, 0, 6)) : Optional.empty();
  }

  private static byte[] sha256(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
