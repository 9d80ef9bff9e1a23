package dev.slipway.model;

/**
 * One file of a snapshot.
 *
 * @param path relative, with forward slashes, never leaving the snapshot
 * @param size in bytes
 * @param sha256 64 hexadecimal digits in lower case
 */
public record ModelFile(String path, long size, String sha256) {

  /**
   * Checks the three.
   *
   * @throws IllegalArgumentException if one isn't as above
   */
  public ModelFile {
    String name = path;
    RelativePath.problem(path)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(
                  "path " + RelativePath.quoted(name) + ": " + problem);
            });
    if (size < 0) {
      throw new IllegalArgumentException("size must be at least 0, is " + size);
    }
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "sha256 must be 64 hexadecimal digits in lower case, is " + RelativePath.quoted(sha256));
    }
  }
}
