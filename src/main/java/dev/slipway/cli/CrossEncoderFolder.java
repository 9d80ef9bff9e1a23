package dev.slipway.cli;

import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.RagSpec;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Brings a manifest's cross-encoder to this machine. */
final class CrossEncoderFolder {
  /** Beside the model's own lock, and made as it is: by the first fetch, to be kept with it. */
  static final String LOCK = "slipway.cross-encoder.lock";

  /** The one export that is not for one kind of processor, and what reads its texts. */
  private static final List<String> FILES = List.of("{onnx/,}model.onnx", "tokenizer.json");

  private CrossEncoderFolder() {}

  /** Returns where the manifest has its cross-encoder from; absent if it names none. */
  static Optional<String> source(Manifest manifest) {
    return switch (manifest.rag().rerank()) {
      case RagSpec.Rerank.None _, RagSpec.Rerank.Mmr _ -> Optional.empty();
      case RagSpec.Rerank.CrossEncoder(String source) -> Optional.of(source);
    };
  }

  /**
   * Returns the folder of a cross-encoder, fetched and held to its lock if it is of a registry.
   *
   * @param registry asked only for what is no folder of this machine
   * @param lock the model's lock, beside which this one lies
   */
  static Path find(
      ModelRegistry registry, Console console, Manifest manifest, String source, Path lock) {
    return switch (ModelSource.parse(source)) {
      case ModelSource.LocalPath(String path) -> manifest.folder().resolve(path);
      case ModelSource.HuggingFace _, ModelSource.S3Prefix _, ModelSource.ModelPackage _ ->
          fetch(registry, console, manifest, source, lock).content().folder().orElseThrow();
    };
  }

  /**
   * Fetches a cross-encoder of a registry, and holds it to its lock.
   *
   * @param lock the model's lock, beside which this one lies
   */
  static Snapshot fetch(
      ModelRegistry registry, Console console, Manifest manifest, String source, Path lock) {
    var model =
        new PinnedModel(
            registry,
            new ModelSpec(ModelSource.parse(source), "main", FILES, Set.of()),
            manifest.folder(),
            lock.resolveSibling(LOCK));
    try (var line = new TransferLine(console)) {
      return model.fetch(model.pin(), line);
    }
  }
}
