package dev.slipway.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Compares and names content, so that the same request has the same name in every run. */
final class Fingerprint {
  private static final int BYTES = 10;
  private static final JsonMapper JSON = new JsonMapper();

  private Fingerprint() {}

  /** Returns 20 hexadecimal digits that stand for the parts. */
  static String of(Object... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Object part : parts) {
        byte[] bytes = part.toString().getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Returns whether two templates say the same, whatever their layout. */
  static boolean same(String template, String other) {
    try {
      return template.equals(other) || JSON.readTree(template).equals(JSON.readTree(other));
    } catch (JsonProcessingException notJson) {
      return false;
    }
  }
}
