package dev.slipway.model;

import java.nio.file.Path;

/** Resolves model sources of the kinds that it knows. */
public interface ModelRegistry {

  /**
   * Resolves a model to one immutable snapshot.
   *
   * @param folder where relative paths start
   * @throws dev.slipway.failure.Refused if the model holds what may not be let in
   * @throws dev.slipway.failure.OperationFailed if it can't be found or read
   */
  Snapshot resolve(ModelSpec model, Path folder);
}
