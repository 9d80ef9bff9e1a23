package dev.slipway.model;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One resolved, immutable revision of a model.
 *
 * @param source where it comes from, as the manifest has it
 * @param commit the revision's identity: a commit, or a hash over all files where there is none
 * @param files every file, in the order of their paths
 * @param facts what its configuration says
 * @param content gives the files' bytes
 */
public record Snapshot(
    ModelSource source,
    String commit,
    List<ModelFile> files,
    ModelFacts facts,
    SnapshotContent content) {

  /** Copies the files. */
  public Snapshot {
    files = List.copyOf(files);
  }

  /** Makes a snapshot whose files lie in a folder of this machine. */
  public Snapshot(
      ModelSource source, String commit, List<ModelFile> files, ModelFacts facts, Path folder) {
    this(source, commit, files, facts, SnapshotContent.of(folder));
  }

  /** Returns how many bytes all files have together. */
  public long bytes() {
    return files.stream().mapToLong(ModelFile::size).sum();
  }

  /**
   * Returns where a file of this snapshot lies on this machine, absent if it isn't part of it, or
   * isn't here.
   */
  public Optional<Path> path(String file) {
    return files.stream()
        .map(ModelFile::path)
        .filter(file::equals)
        .findFirst()
        .flatMap(this::onThisMachine);
  }

  /**
   * Returns the GGUF file that llama.cpp opens: the first one, which of a split model is the one
   * that names the others; absent if the snapshot has none, or isn't on this machine.
   */
  public Optional<Path> gguf() {
    return files.stream()
        .map(ModelFile::path)
        .filter(path -> path.endsWith(".gguf"))
        .min(Comparator.naturalOrder())
        .flatMap(this::onThisMachine);
  }

  private Optional<Path> onThisMachine(String path) {
    return content.folder().map(folder -> folder.resolve(path));
  }
}
