package dev.slipway.deploy;

import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import dev.slipway.model.mirror.Bucket;

/** Copies a snapshot to a prefix of a bucket, verified and resumable. */
@FunctionalInterface
public interface ModelMirror {

  /**
   * Copies what isn't there yet.
   *
   * @param prefix ends in a slash
   */
  void copy(Snapshot snapshot, Bucket bucket, String prefix, TransferProgress progress);
}
