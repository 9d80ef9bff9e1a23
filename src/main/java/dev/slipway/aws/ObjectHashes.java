package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the SHA-256 of objects, by bucket, key, ETag and size, in one small file. What can't be
 * read or written is done without. Thread-safe; of two processes that save at once, one wins.
 */
final class ObjectHashes {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectHashes.class);
  private static final String FILE_NAME = "object-hashes.json";
  private static final int MAX_ENTRIES = 4096;
  private static final long MAX_BYTES = 1 << 24;

  /** What tells one state of an object from another. */
  record Identity(String bucket, String key, String etag, long size) {}

  private final Path file;
  private final JsonMapper json = new JsonMapper();
  private final Map<Identity, String> hashes = new LinkedHashMap<>();
  private boolean loaded;

  ObjectHashes(Path folder) {
    this.file = folder.resolve(FILE_NAME);
  }

  synchronized Optional<String> find(Identity identity) {
    load();
    return Optional.ofNullable(hashes.get(identity));
  }

  /** Keeps a hash, at once: it may have taken minutes to compute. */
  synchronized void put(Identity identity, String sha256) {
    load();
    hashes.put(identity, sha256);
    var document = json.createArrayNode();
    hashes.entrySet().stream()
        .skip(Math.max(0, hashes.size() - MAX_ENTRIES))
        .forEach(
            entry ->
                document
                    .addObject()
                    .put("bucket", entry.getKey().bucket())
                    .put("key", entry.getKey().key())
                    .put("etag", entry.getKey().etag())
                    .put("size", entry.getKey().size())
                    .put("sha256", entry.getValue()));
    try {
      Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
      Path temporary = Files.createTempFile(folder, FILE_NAME, ".tmp");
      try {
        json.writeValue(temporary.toFile(), document);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      LOG.warn(
          "Cannot keep object hashes in {}, so they are computed again: {}", file, e.toString());
    }
  }

  private void load() {
    if (loaded) {
      return;
    }
    loaded = true;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("it is too large");
      }
      for (JsonNode node : json.readTree(Files.readAllBytes(file))) {
        String sha256 = node.path("sha256").asText();
        if (sha256.matches("[0-9a-f]{64}")) {
          hashes.put(
              new Identity(
                  node.path("bucket").asText(),
                  node.path("key").asText(),
                  node.path("etag").asText(),
                  node.path("size").asLong(-1)),
              sha256);
        }
      }
    } catch (NoSuchFileException e) {
      // The first time.
    } catch (IOException e) {
      hashes.clear();
      LOG.warn("Ignoring the object hashes in {}, which can't be read", file);
    }
  }
}
