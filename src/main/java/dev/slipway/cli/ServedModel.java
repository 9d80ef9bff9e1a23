package dev.slipway.cli;

import dev.slipway.local.StateFolder;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The model that answers a service's questions: the endpoint's, or with {@code api.engine:
 * embedded} a GGUF beside the service, which may be another and then has a lock of its own.
 *
 * @param spec which it is
 * @param lock where its lock lies, if it is pinned
 * @param beside whether it answers beside the service
 */
record ServedModel(ModelSpec spec, Path lock, boolean beside) {
  /** The lock of {@code api.model}; that of {@code model} is {@link Lock#FILE_NAME}. */
  static final String OWN_LOCK = "slipway.api.lock";

  static ServedModel of(ManifestOptions.Selection selection, StateFolder folder) {
    Manifest manifest = selection.manifest();
    Path lock = selection.lock(folder);
    boolean beside = manifest.api().engine() == ApiSpec.Engine.EMBEDDED;
    Optional<String> own = manifest.api().model().filter(_ -> beside);
    return own.map(
            source ->
                new ServedModel(
                    new ModelSpec(ModelSource.parse(source), "main", List.of(), Set.of()),
                    lock.resolveSibling(OWN_LOCK),
                    true))
        .orElseGet(() -> new ServedModel(manifest.model(), lock, beside));
  }

  PinnedModel pinned(Surroundings surroundings, Manifest manifest) {
    return new PinnedModel(
        surroundings.adapters().models(surroundings.home().cache(), manifest.region()),
        spec,
        manifest.folder(),
        lock);
  }

  /** Returns the model as its lock has it, with those of its files that lie in a folder. */
  Optional<Snapshot> packed(Path files) {
    return Lock.read(lock)
        .filter(pinned -> pinned.isFor(spec))
        .map(
            pinned ->
                new Snapshot(
                    spec.source(), pinned.commit(), here(pinned, files), pinned.facts(), files));
  }

  private static List<ModelFile> here(Lock pinned, Path files) {
    return pinned.files().stream()
        .filter(file -> Files.exists(files.resolve(file.path())))
        .toList();
  }
}
