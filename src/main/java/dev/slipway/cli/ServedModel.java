package dev.slipway.cli;

import dev.slipway.local.StateFolder;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import dev.slipway.plan.AnsweringModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The model that answers a service's questions: the endpoint's, or with {@code api.engine:
 * embedded} a GGUF beside the service, which may be another and then has a lock of its own.
 *
 * @param spec which it is
 * @param lock where its lock lies, if it is pinned
 * @param beside whether it answers beside the service
 */
record ServedModel(ModelSpec spec, Path lock, boolean beside) {
  static ServedModel of(ManifestOptions.Selection selection, StateFolder folder) {
    AnsweringModel model = AnsweringModel.of(selection.manifest());
    return new ServedModel(model.spec(), model.lock(selection.lock(folder)), model.beside());
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
