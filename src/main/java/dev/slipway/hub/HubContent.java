package dev.slipway.hub;

import dev.slipway.model.ModelFile;
import dev.slipway.model.SnapshotContent;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Gives the files of one commit of a repository: from the cache where they are there and are what
 * they should be, else from the Hub. Thread-safe.
 */
final class HubContent implements SnapshotContent {

  private final String commit;
  private final Optional<String> branch;
  private final Map<String, HubFile> files;
  private final HubCache cache;
  private final HubReader reader;
  private final Sha256 hashing;
  private final Map<String, Boolean> sound = new ConcurrentHashMap<>();

  /**
   * Makes the content.
   *
   * @param branch the branch or tag that named the commit when it was resolved, absent if none did
   * @param files the snapshot's
   */
  HubContent(
      String commit,
      Optional<String> branch,
      List<HubFile> files,
      HubCache cache,
      HubReader reader,
      Sha256 hashing) {
    this.commit = commit;
    this.branch = branch;
    this.files = files.stream().collect(Collectors.toMap(HubFile::path, Function.identity()));
    this.cache = cache;
    this.reader = reader;
    this.hashing = hashing;
  }

  String commit() {
    return commit;
  }

  Optional<String> branch() {
    return branch;
  }

  HubCache cache() {
    return cache;
  }

  HubReader reader() {
    return reader;
  }

  /** Returns the same commit with some of its files only. */
  HubContent only(List<ModelFile> some) {
    return new HubContent(
        commit, branch, some.stream().map(this::file).toList(), cache, reader, hashing);
  }

  HubFile file(ModelFile file) {
    HubFile found = files.get(file.path());
    if (found == null) {
      throw new IllegalArgumentException(file.path() + " is not in this snapshot");
    }
    return found;
  }

  /**
   * Returns a file's blob, absent if it isn't here or its bytes aren't those that they should be.
   */
  Optional<Path> verified(ModelFile file) {
    Optional<Path> blob = cache.present(file(file));
    // Ranges are read by several threads: one hashes, the others wait for it.
    return blob.filter(here -> sound.computeIfAbsent(file.path(), _ -> isSound(here, file)));
  }

  /** Looks at a file's blob again. */
  void forget(ModelFile file) {
    sound.remove(file.path());
  }

  private boolean isSound(Path blob, ModelFile file) {
    try {
      return hashing.of(blob, file.path()).sha256().equals(file.sha256());
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public InputStream open(ModelFile file, long offset, long length) throws IOException {
    Optional<Path> blob = verified(file);
    if (blob.isEmpty()) {
      return reader.open(file(file), offset, length, false);
    }
    FileChannel channel = FileChannel.open(blob.get(), StandardOpenOption.READ);
    channel.position(offset);
    return new ExactStream(
        new BufferedInputStream(Channels.newInputStream(channel), 1 << 16), length);
  }

  @Override
  public Optional<Path> folder() {
    boolean whole = files.values().stream().allMatch(f -> cache.linked(commit, f.path(), f.size()));
    return whole ? Optional.of(cache.snapshot(commit)) : Optional.empty();
  }
}
