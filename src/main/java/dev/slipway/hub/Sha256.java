package dev.slipway.hub;

import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ModelFile;
import dev.slipway.model.RelativePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Hashes files, and sees that they stand still meanwhile. Thread-safe. */
final class Sha256 {

  private static final int BUFFER_BYTES = 1 << 20;

  private final Optional<HashCache> cache;

  Sha256() {
    this.cache = Optional.empty();
  }

  Sha256(HashCache cache) {
    this.cache = Optional.of(cache);
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Describes a file.
   *
   * @param path its name in the snapshot
   * @throws OperationFailed if it changes while it is read
   */
  ModelFile of(Path file, String path) throws IOException {
    FileIdentity before = FileIdentity.of(file);
    Optional<String> known = cache.flatMap(c -> c.find(before));
    if (known.isPresent()) {
      return new ModelFile(path, before.size(), known.get());
    }
    MessageDigest digest = digest();
    long read = 0;
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        read += n;
      }
    }
    if (read != before.size() || !FileIdentity.of(file).equals(before)) {
      throw new OperationFailed(
          "model_changing",
          "Cannot pin the model's file " + RelativePath.quoted(path),
          "it changed while it was read",
          "Wait until whatever writes it is done, then try again.",
          true,
          null);
    }
    String sha256 = HexFormat.of().formatHex(digest.digest());
    cache.ifPresent(c -> c.put(before, sha256));
    return new ModelFile(path, read, sha256);
  }

  /** Writes what was learned to the cache, where there is one. */
  void keep() {
    cache.ifPresent(HashCache::save);
  }
}
