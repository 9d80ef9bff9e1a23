package dev.slipway.model;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Passes each model to the registry of its kind.
 *
 * @param files resolves {@code file:}
 * @param hub resolves {@code hf://}
 * @param buckets resolves {@code s3://}
 * @param packages resolves {@code registry://}
 */
public record Registries(
    ModelRegistry files, ModelRegistry hub, ModelRegistry buckets, ModelRegistry packages)
    implements ModelRegistry {

  @Override
  public Snapshot resolve(ModelSpec model, Path folder, Optional<String> commit) {
    return registry(model.source()).resolve(model, folder, commit);
  }

  @Override
  public Snapshot fetch(Snapshot snapshot, TransferProgress progress) {
    return registry(snapshot.source()).fetch(snapshot, progress);
  }

  private ModelRegistry registry(ModelSource source) {
    return switch (source) {
      case ModelSource.LocalPath _ -> files;
      case ModelSource.HuggingFace _ -> hub;
      case ModelSource.S3Prefix _ -> buckets;
      case ModelSource.ModelPackage _ -> packages;
    };
  }
}
