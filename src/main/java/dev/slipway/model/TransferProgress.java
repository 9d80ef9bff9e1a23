package dev.slipway.model;

/** Hears how far a transfer is. Called by several threads, often; must return at once. */
@FunctionalInterface
public interface TransferProgress {
  /** Hears nothing. */
  TransferProgress SILENT = _ -> {};

  /** Hears of a change. */
  void at(Transfer transfer);

  /**
   * How far a transfer is.
   *
   * @param file the path that moved last
   * @param done bytes that are where they should be, those of an earlier run included
   * @param total bytes of all files
   * @param moved bytes that this run moved
   */
  record Transfer(String file, long done, long total, long moved) {}
}
