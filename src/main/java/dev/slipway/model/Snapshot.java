package dev.slipway.model;

import java.nio.file.Path;
import java.util.List;

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
}
