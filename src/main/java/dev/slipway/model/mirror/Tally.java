package dev.slipway.model.mirror;

import dev.slipway.model.TransferProgress;

/** Counts bytes and tells the onlooker. Thread-safe. */
final class Tally {

  private final TransferProgress progress;
  private final long total;
  private long done;
  private long moved;

  /**
   * Counts from what is there already.
   *
   * @param done bytes that are where they should be
   */
  Tally(TransferProgress progress, long total, long done) {
    this.progress = progress;
    this.total = total;
    this.done = done;
  }

  /** Takes down bytes that have arrived; returns how many are left. */
  synchronized long moved(String path, long bytes) {
    done += bytes;
    moved += bytes;
    progress.at(new TransferProgress.Transfer(path, done, total, moved));
    return total - done;
  }

  synchronized long moved() {
    return moved;
  }
}
