package dev.slipway.hub;

import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ContentHash;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.RelativePath;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import dev.slipway.model.choice.Choice;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Resolves {@code file:} sources: a GGUF file, a folder with one, or a folder in Hugging Face
 * layout.
 *
 * <p>By default a folder gives its safetensors weights (those that the index names), its only GGUF
 * (whole, if it is split), its configuration and its tokenizer. Weights in other formats are left
 * out, since they say the same again. The GGUF stays beside the safetensors: the embedded engine
 * runs that one, every other server the other.
 *
 * <p>The commit is the {@link ContentHash}. Thread-safe.
 */
public final class FileRegistry implements ModelRegistry {

  private final Sha256 hashing;

  /** Makes a registry that reads every byte each time. */
  public FileRegistry() {
    this.hashing = new Sha256();
  }

  /** Makes a registry that takes hashes from a cache where the file hasn't changed. */
  public FileRegistry(HashCache cache) {
    this.hashing = new Sha256(cache);
  }

  @Override
  public Snapshot resolve(ModelSpec model, Path folder, Optional<String> commit) {
    return switch (model.source()) {
      case ModelSource.LocalPath source -> resolve(source, model, folder);
      case ModelSource.HuggingFace source -> throw unknown(source);
      case ModelSource.S3Prefix source -> throw unknown(source);
      case ModelSource.ModelPackage source -> throw unknown(source);
    };
  }

  @Override
  public Snapshot fetch(Snapshot snapshot, TransferProgress progress) {
    return snapshot;
  }

  private Snapshot resolve(ModelSource.LocalPath source, ModelSpec model, Path folder) {
    try {
      ModelFolder opened = ModelFolder.open(source.uri(), folder.resolve(source.path()));
      Choice choice = Choice.of(opened, model);
      List<ModelFile> files = new ArrayList<>();
      for (String path : choice.files()) {
        files.add(hashing.of(opened.path(path), path));
      }
      hashing.keep();
      return new Snapshot(source, ContentHash.of(files), files, choice.facts(), opened.root());
    } catch (InvalidPathException e) {
      throw new OperationFailed(
          "model_not_found",
          "Cannot find the model " + RelativePath.quoted(source.uri()),
          "it is no path of this system: " + e.getReason(),
          "See model.source.",
          false,
          e);
    } catch (NoSuchFileException e) {
      throw new OperationFailed(
          "model_not_found",
          "Cannot find the model " + RelativePath.quoted(source.uri()),
          e.getFile() + " does not exist",
          "See model.source: a relative path starts at the manifest's folder.",
          false,
          e);
    } catch (IOException e) {
      throw new OperationFailed(
          "model_unreadable",
          "Cannot read the model " + RelativePath.quoted(source.uri()),
          "the file system said: " + e,
          "See that its files may be read, then try again.",
          false,
          e);
    }
  }

  private static OperationFailed unknown(ModelSource source) {
    return new OperationFailed(
        "source_unsupported",
        "Cannot resolve " + source.uri(),
        "this registry resolves file: sources only",
        "Give model.source: file:PATH (a GGUF file, or a folder in Hugging Face layout).");
  }
}
