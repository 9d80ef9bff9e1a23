package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A manifest's model, at the commit that the lock beside it pins. */
final class PinnedModel {
  /** What holds weights; everything else of a model is small. */
  private static final Pattern WEIGHTS =
      Pattern.compile(".*\\.(safetensors|gguf|bin|pt|pth|ckpt|pkl|pickle|joblib)");

  private final ModelRegistry registry;
  private final ModelSpec model;
  private final Path folder;
  private final Path lock;

  /**
   * Makes it.
   *
   * @param folder where a relative source starts
   * @param lock the lock's file, which need not be there
   */
  PinnedModel(ModelRegistry registry, ModelSpec model, Path folder, Path lock) {
    this.registry = registry;
    this.model = model;
    this.folder = folder;
    this.lock = lock;
  }

  /** Returns the lock, absent if there is none for this model. */
  Optional<Lock> lock() {
    return Lock.read(lock).filter(pinned -> pinned.isFor(model));
  }

  /** Resolves the model at the pinned commit, or at its revision where nothing is pinned. */
  Snapshot resolve() {
    return registry.resolve(model, folder, lock().flatMap(pinned -> pinned.pinned(model)));
  }

  /** Resolves the model, and holds it to the lock, which is made where there is none for it. */
  Snapshot pin() {
    Snapshot snapshot = resolve();
    Lock.pin(lock, model, snapshot);
    return snapshot;
  }

  /** Resolves the model at its revision as it is now, and makes the lock anew. */
  Lock.Pinned renew() {
    Snapshot snapshot = registry.resolve(model, folder, Optional.empty());
    Lock now = Lock.of(model, snapshot);
    Optional<Lock> before = Lock.read(lock);
    if (before.equals(Optional.of(now))) {
      return Lock.Pinned.HELD;
    }
    now.write(lock);
    return before.isPresent() ? Lock.Pinned.REMADE : Lock.Pinned.MADE;
  }

  /**
   * Returns the lock to hold files to.
   *
   * @throws OperationFailed if there is none for this model
   */
  Lock held() {
    return lock()
        .orElseThrow(
            () ->
                new OperationFailed(
                    "lock_missing",
                    "Cannot verify " + model.source().uri(),
                    Lock.FILE_NAME
                        + " pins no such model: it is missing, or for another source, revision or"
                        + " choice of files",
                    "Make it: slipway model lock"));
  }

  Snapshot fetch(Snapshot snapshot, TransferProgress progress) {
    return registry.fetch(snapshot, progress);
  }

  /** Returns whether a file is none of the weights. */
  static boolean small(ModelFile file) {
    return !WEIGHTS.matcher(file.path()).matches();
  }

  /** Fetches what a model has beside its weights: configuration and tokenizer. */
  Snapshot fetchSmall(Snapshot snapshot, TransferProgress progress) {
    List<ModelFile> small = snapshot.files().stream().filter(PinnedModel::small).toList();
    return registry.fetch(
        new Snapshot(
            snapshot.source(), snapshot.commit(), small, snapshot.facts(), snapshot.content()),
        progress);
  }
}
