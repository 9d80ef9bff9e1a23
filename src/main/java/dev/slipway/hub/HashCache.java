package dev.slipway.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the SHA-256 of files that haven't changed since, in one small file. Path, size, both
 * times and inode must be the same; whatever is doubtful is hashed again, and a cache that can't be
 * read or written is done without. Thread-safe; of two processes that save at once, one wins.
 */
public final class HashCache {

  private static final Logger LOG = LoggerFactory.getLogger(HashCache.class);
  private static final String FILE_NAME = "hashes.json";
  private static final int MAX_ENTRIES = 4096;
  private static final long MAX_BYTES = 1 << 24;
  // A file that was written a moment ago can be written again without its times showing it: some
  // file systems count in steps of 2 s (FAT), Linux in ticks of up to 10 ms.
  private static final Duration SETTLED = Duration.ofSeconds(3);

  private record Entry(FileIdentity identity, String sha256) {}

  private final Path file;
  private final Clock clock;
  private final JsonMapper json = new JsonMapper();
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private boolean loaded;
  private boolean dirty;

  /** Makes a cache in a folder, which is created when there is something to keep. */
  public HashCache(Path folder) {
    this(folder, Clock.systemUTC());
  }

  HashCache(Path folder, Clock clock) {
    this.file = folder.resolve(FILE_NAME);
    this.clock = clock;
  }

  synchronized Optional<String> find(FileIdentity identity) {
    load();
    return Optional.ofNullable(entries.get(identity.path()))
        .filter(entry -> entry.identity().equals(identity))
        .map(Entry::sha256);
  }

  synchronized void put(FileIdentity identity, String sha256) {
    load();
    Instant now = clock.instant();
    long latest = now.minus(SETTLED).toEpochMilli();
    if (identity.latest() / 1_000_000 >= latest) {
      return;
    }
    entries.remove(identity.path());
    entries.put(identity.path(), new Entry(identity, sha256));
    dirty = true;
  }

  synchronized void save() {
    if (!dirty) {
      return;
    }
    var document = json.createArrayNode();
    entries.values().stream()
        .skip(Math.max(0, entries.size() - MAX_ENTRIES))
        .forEach(
            entry ->
                document
                    .addObject()
                    .put("path", entry.identity().path())
                    .put("size", entry.identity().size())
                    .put("modified", entry.identity().modified())
                    .put("changed", entry.identity().changed())
                    .put("key", entry.identity().key())
                    .put("sha256", entry.sha256()));
    try {
      Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
      Path temporary = Files.createTempFile(folder, FILE_NAME, ".tmp");
      try {
        json.writeValue(temporary.toFile(), document);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        dirty = false;
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      LOG.warn(
          "Cannot keep file hashes in {}, so they will be computed again: {}", file, e.toString());
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
        entry(node).ifPresent(entry -> entries.put(entry.identity().path(), entry));
      }
    } catch (NoSuchFileException e) {
      // The first time.
    } catch (IOException e) {
      entries.clear();
      LOG.warn("Ignoring the file hashes in {}, which can't be read", file);
    }
  }

  private static Optional<Entry> entry(JsonNode node) {
    var identity =
        new FileIdentity(
            node.path("path").asText(),
            node.path("size").asLong(-1),
            node.path("modified").asLong(),
            node.path("changed").asLong(),
            node.path("key").asText());
    String sha256 = node.path("sha256").asText();
    return identity.path().isEmpty() || identity.size() < 0 || !sha256.matches("[0-9a-f]{64}")
        ? Optional.empty()
        : Optional.of(new Entry(identity, sha256));
  }
}
