package dev.slipway.model;

import java.nio.file.Path;
import java.util.Optional;

/** Resolves model sources of the kinds that it knows, and fetches what they name. */
public interface ModelRegistry {

  /**
   * Resolves a model to one immutable snapshot. Large files are not fetched, unless nothing else
   * says their SHA-256.
   *
   * @param folder where relative paths start
   * @param commit the commit that a lock pins, which is then resolved whatever the model's revision
   *     names by now; absent to resolve that revision
   * @throws dev.slipway.failure.Refused if the model holds what may not be let in
   * @throws dev.slipway.failure.OperationFailed if it can't be found or read
   */
  Snapshot resolve(ModelSpec model, Path folder, Optional<String> commit);

  /**
   * Brings a snapshot's files to this machine, each held to its SHA-256; what is here already is
   * not fetched again, and what was begun goes on.
   *
   * @return the same snapshot with a folder
   * @throws dev.slipway.failure.OperationFailed if a file can't be fetched or written
   */
  Snapshot fetch(Snapshot snapshot, TransferProgress progress);
}
