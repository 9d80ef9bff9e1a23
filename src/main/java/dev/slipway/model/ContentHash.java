package dev.slipway.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The commit of a snapshot whose registry has none: the start of a SHA-256 over every file's path,
 * size and SHA-256. The same bytes under the same names have the same commit everywhere.
 */
public final class ContentHash {

  private static final int HEX_DIGITS = 40; // as long as a Git commit

  private ContentHash() {}

  /**
   * Returns the commit of files.
   *
   * @param files in the order of their paths
   */
  public static String of(List<ModelFile> files) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (ModelFile file : files) {
      // A path holds no NUL, so no two lists of files give the same text.
      String line = file.path() + '\0' + file.size() + '\0' + file.sha256() + '\n';
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, HEX_DIGITS);
  }
}
