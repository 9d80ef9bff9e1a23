package dev.slipway.deploy.synthesis;

import dev.slipway.plan.Templates;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps templates by the hash of what they were made of, one folder for each. Several processes may
 * use it at once: a folder appears whole or not at all.
 *
 * @param folder of all; made when something is put into it
 */
record TemplateCache(Path folder) {
  private static final String STORE = "store.json";
  private static final String ENDPOINT = "endpoint.json";
  private static final String SERVICE = "service.json";

  /** A deployment under change asks for a few; one of them is some 30 KB. */
  private static final int KEPT = 64;

  /** Returns what was put under a key; absent if nothing was. */
  Optional<Templates> find(String key) throws IOException {
    Path entry = folder.resolve(key);
    try {
      Templates found =
          new Templates(
              Files.readString(entry.resolve(STORE)),
              // Part of what the key stands for, as all else: there, or never.
              optional(entry.resolve(ENDPOINT)),
              optional(entry.resolve(SERVICE)));
      Files.setLastModifiedTime(entry, FileTime.from(Instant.now()));
      return Optional.of(found);
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }

  private static Optional<String> optional(Path file) throws IOException {
    return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
  }

  /** Puts templates under a key; drops those that weren't asked for longest. */
  void put(String key, Templates templates) throws IOException {
    Files.createDirectories(folder);
    Path entry = Files.createTempDirectory(folder, ".new-");
    Files.writeString(entry.resolve(STORE), templates.store());
    if (templates.endpoint().isPresent()) {
      Files.writeString(entry.resolve(ENDPOINT), templates.endpoint().get());
    }
    if (templates.service().isPresent()) {
      Files.writeString(entry.resolve(SERVICE), templates.service().get());
    }
    try {
      Files.move(entry, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException alreadyThere) {
      // Another process was faster, with the same templates: equal keys have equal contents.
      remove(entry);
    }
    prune();
  }

  private void prune() throws IOException {
    List<Path> entries;
    try (Stream<Path> all = Files.list(folder)) {
      entries = all.filter(each -> !String.valueOf(each.getFileName()).startsWith(".")).toList();
    }
    if (entries.size() > KEPT) {
      entries.stream()
          .sorted(Comparator.comparing(TemplateCache::used))
          .limit(entries.size() - KEPT)
          .forEach(TemplateCache::remove);
    }
  }

  private static FileTime used(Path entry) {
    try {
      return Files.getLastModifiedTime(entry);
    } catch (IOException gone) {
      return FileTime.fromMillis(0);
    }
  }

  /** Removes a folder and all in it; what can't be removed stays for the next time. */
  static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException busy) {
      // A cache holds nothing that matters.
    }
  }
}
