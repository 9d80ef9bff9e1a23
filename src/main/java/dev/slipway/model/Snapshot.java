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
 * @param root the folder on this machine that holds the files
 */
public record Snapshot(
    ModelSource source, String commit, List<ModelFile> files, ModelFacts facts, Path root) {

  /** Copies the files. */
  public Snapshot {
    files = List.copyOf(files);
  }

  /** Returns where a file of this snapshot lies on this machine, absent if it isn't part of it. */
  public Optional<Path> path(String file) {
    return files.stream()
        .filter(f -> f.path().equals(file))
        .findFirst()
        .map(f -> root.resolve(f.path()));
  }

  /**
   * Returns the GGUF file that llama.cpp opens: the first one, which of a split model is the one
   * that names the others; absent if the snapshot has none.
   */
  public Optional<Path> gguf() {
    return files.stream()
        .map(ModelFile::path)
        .filter(path -> path.endsWith(".gguf"))
        .min(Comparator.naturalOrder())
        .map(root::resolve);
  }
}
