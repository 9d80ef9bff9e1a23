package dev.slipway.hub;

import dev.slipway.model.ModelFile;
import dev.slipway.model.RelativePath;
import dev.slipway.model.choice.Listing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One commit's files as the Hub lists them. Small files are fetched whole, once, and kept in the
 * cache; of large ones only the head is read. Not thread-safe.
 */
final class HubListing implements Listing {

  // The Hub takes files over 10 MB through Git LFS only.
  private static final long MAX_SMALL_BYTES = 1 << 26;

  private final HubRepository repository;
  private final SortedMap<String, HubFile> files = new TreeMap<>();
  private final HubCache cache;
  private final HubReader reader;
  private final HubClient client;
  private final HubFailures failures;
  private final Sha256 hashing;

  HubListing(
      HubRepository repository,
      List<HubFile> files,
      HubCache cache,
      HubReader reader,
      HubClient client,
      HubFailures failures,
      Sha256 hashing) {
    this.repository = repository;
    files.forEach(file -> this.files.put(file.path(), file));
    this.cache = cache;
    this.reader = reader;
    this.client = client;
    this.failures = failures;
    this.hashing = hashing;
  }

  @Override
  public String source() {
    return repository.source().uri();
  }

  @Override
  public NavigableSet<String> paths() {
    NavigableSet<String> paths = new TreeSet<>(files.keySet());
    paths.removeIf(path -> path.startsWith(".") || path.contains("/."));
    return paths;
  }

  @Override
  public boolean has(String path) {
    return files.containsKey(path);
  }

  @Override
  public Optional<String> problem(String path) {
    Optional<String> name = RelativePath.problem(path);
    return name.isPresent() || has(path) ? name : Optional.of("it is missing");
  }

  @Override
  public long size(String path) throws IOException {
    return file(path).size();
  }

  @Override
  public InputStream open(String path) throws IOException {
    HubFile file = file(path);
    if (file.sha256().isEmpty()) {
      return new ByteArrayInputStream(small(file));
    }
    Optional<Path> blob = cache.present(file).filter(here -> isSound(here, file));
    return blob.isPresent()
        ? Files.newInputStream(blob.get())
        : new HeadStream(reader, client, file);
  }

  /** A damaged blob must not be taken for the model: fetching mends it. */
  private boolean isSound(Path blob, HubFile file) {
    try {
      return file.sha256().equals(Optional.of(hashing.of(blob, file.path()).sha256()));
    } catch (IOException e) {
      return false;
    }
  }

  HubFile file(String path) {
    HubFile file = files.get(path);
    if (file == null) {
      throw new IllegalArgumentException(path + " is not listed");
    }
    return file;
  }

  /** Describes a file as a snapshot does; a small one is read for it. */
  ModelFile describe(String path) throws IOException {
    HubFile file = file(path);
    if (file.sha256().isPresent()) {
      return new ModelFile(path, file.size(), file.sha256().get());
    }
    byte[] digest = Sha256.digest().digest(small(file));
    return new ModelFile(path, file.size(), HexFormat.of().formatHex(digest));
  }

  private byte[] small(HubFile file) throws IOException {
    Optional<byte[]> kept = cache.small(file);
    if (kept.isPresent()) {
      return kept.get();
    }
    if (file.size() > MAX_SMALL_BYTES) {
      throw failures.invalid(
          "its file "
              + RelativePath.quoted(file.path())
              + " has "
              + file.size()
              + " bytes, and no SHA-256 as large files have");
    }
    byte[] bytes = HeadStream.read(reader, client, file, 0, (int) file.size());
    if (!HubCache.gitBlob(bytes).equals(file.blob())) {
      throw failures.changed(
          file.path(), "came with other bytes than its hash in Git says, and was not kept");
    }
    cache.keep(file, bytes);
    return bytes;
  }
}
