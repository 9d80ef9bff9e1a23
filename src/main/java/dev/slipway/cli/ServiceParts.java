package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import dev.slipway.local.StateFolder;
import dev.slipway.model.ModelSource;
import dev.slipway.model.Snapshot;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the small files that a service over an endpoint goes by. */
record ServiceParts(Surroundings surroundings, ManifestOptions.Selection selection) {

  /**
   * Returns what there is to know of the endpoint's model, with its tokenizer, which counts the
   * tokens of prompts. The weights are the endpoint's.
   */
  Optional<Snapshot> small(ServedModel served) {
    PinnedModel model = served.pinned(surroundings, selection.manifest());
    return switch (served.spec().source()) {
      case ModelSource.LocalPath _ -> Optional.of(model.resolve());
      case ModelSource.HuggingFace _ -> hubModel(model);
      // The endpoint's prompts are counted by estimate.
      case ModelSource.S3Prefix _, ModelSource.ModelPackage _ -> Optional.empty();
    };
  }

  private Optional<Snapshot> hubModel(PinnedModel model) {
    try (var line = new TransferLine(surroundings.console())) {
      Snapshot snapshot = model.resolve();
      boolean here = snapshot.content().folder().isPresent();
      return Optional.of(here ? snapshot : model.fetchSmall(snapshot, line));
    } catch (OperationFailed e) {
      // Questions can be answered while the Hub is down.
      surroundings.console().say("Counting tokens by estimate: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** Finds the manifest's cross-encoder; absent if it names none, or if it can't be had now. */
  Optional<Path> crossEncoder(StateFolder folder) {
    return CrossEncoderFolder.source(selection.manifest())
        .flatMap(
            source -> {
              try {
                return Optional.of(
                    CrossEncoderFolder.find(
                        surroundings
                            .adapters()
                            .models(surroundings.home().cache(), selection.manifest().region()),
                        surroundings.console(),
                        selection.manifest(),
                        source,
                        selection.lock(folder)));
              } catch (OperationFailed e) {
                // Questions can be answered while the Hub is down.
                surroundings.console().say("Keeping the search's order: " + e.getMessage());
                return Optional.empty();
              }
            });
  }
}
