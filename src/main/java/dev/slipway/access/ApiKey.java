package dev.slipway.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * An API key: {@code slw_}, an id of 8 characters, {@code _}, a secret of 32 and a checksum of 6,
 * all letters and digits. The secret has 190 bits, so that its plain SHA-256 can be kept: nobody
 * finds it by trying. The prefix lets scanners find a key that was published, and the checksum
 * tells a mistyped key from one that was revoked.
 *
 * @param id names the key where the key itself must not be named
 * @param text the whole key
 */
public record ApiKey(String id, String text) {
  /** How every key begins. */
  public static final String PREFIX = "slw_";

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private static final int ID = 8;
  private static final int SECRET = 32;
  private static final int CHECK = 6;

  private static final Pattern FORM =
      Pattern.compile("slw_[0-9A-Za-z]{" + ID + "}_[0-9A-Za-z]{" + (SECRET + CHECK) + "}");

  /** Makes a new key. */
  public static ApiKey generate(SecureRandom random) {
    String id = random(random, ID);
    String body = PREFIX + id + "_" + random(random, SECRET);
    return new ApiKey(id, body + checksum(body));
  }

  /** Returns whether a text claims to be such a key. */
  static boolean claimed(String text) {
    return text.startsWith(PREFIX);
  }

  /** Returns whether a text has the form of a key, its checksum included. */
  static boolean whole(String text) {
    if (!FORM.matcher(text).matches()) {
      return false;
    }
    int end = text.length() - CHECK;
    return checksum(text.substring(0, end)).equals(text.substring(end));
  }

  /** Returns the id of a whole key. */
  static String id(String text) {
    return text.substring(PREFIX.length(), PREFIX.length() + ID);
  }

  /** Returns the hash by which a key is known: SHA-256 as 64 hexadecimal digits. */
  public static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /** Hides the key: records print all that they hold. */
  @Override
  public String toString() {
    return "ApiKey[" + id + "]";
  }

  private static String random(SecureRandom random, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  private static String checksum(String body) {
    CRC32 crc = new CRC32();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    StringBuilder text = new StringBuilder();
    long left = crc.getValue();
    for (int i = 0; i < CHECK; i++) {
      text.append(ALPHABET.charAt((int) (left % ALPHABET.length())));
      left /= ALPHABET.length();
    }
    return text.reverse().toString();
  }
}
