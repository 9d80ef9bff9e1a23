package dev.slipway.model.mirror;

import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ModelFile;
import dev.slipway.model.RelativePath;

/**
 * Cuts a file into the parts of its upload. The same file is always cut the same, so that a later
 * run recognizes what an earlier one sent.
 *
 * @param fileBytes the file's size
 * @param partBytes of every part but the last
 * @param count 1-10,000; an empty file has one empty part
 */
record PartPlan(long fileBytes, int partBytes, int count) {

  /** Amazon S3 User Guide, "Multipart upload limits". */
  private static final int MOST_PARTS = 10_000;

  /** A part is held in memory as a whole: this many bytes, and files up to 625 GiB. */
  static final int LARGEST_BYTES = 64 << 20;

  private static final int STEP_BYTES = 1 << 20;

  /**
   * Cuts a file.
   *
   * @param smallest what a part has where 10,000 of them hold the file
   * @throws OperationFailed if it is too large for the largest parts
   */
  static PartPlan of(ModelFile file, int smallest) {
    long least = Math.ceilDiv(file.size(), MOST_PARTS);
    long part = least <= smallest ? smallest : Math.ceilDiv(least, STEP_BYTES) * STEP_BYTES;
    if (part > LARGEST_BYTES) {
      throw new OperationFailed(
          "model_too_large",
          "Cannot copy the model's file " + RelativePath.quoted(file.path()),
          "it has " + file.size() + " bytes, and one file may have 625 GiB",
          "Use the model split into shards, as save_pretrained writes it.");
    }
    int count = (int) Math.max(1, Math.ceilDiv(file.size(), part));
    return new PartPlan(file.size(), (int) part, count);
  }

  /** Returns where a part begins; parts count from 1. */
  long offset(int number) {
    return (long) (number - 1) * partBytes;
  }

  /** Returns how many bytes a part has. */
  int length(int number) {
    return (int) Math.min(partBytes, fileBytes - offset(number));
  }
}
