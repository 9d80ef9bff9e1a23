package dev.slipway.local.s3;

import java.util.Optional;

/**
 * Says when a write may take place ({@code If-None-Match: *} and {@code If-Match}).
 *
 * @param absent only where there is no such object yet
 * @param etag only over the object that has this one, without quotes; {@code *} is any object
 */
record Condition(boolean absent, Optional<String> etag) {
  static final Condition NONE = new Condition(false, Optional.empty());

  /**
   * Holds the condition against what is there.
   *
   * @throws S3Failure if it does not hold
   */
  void check(Optional<StoredObject> existing) {
    if (absent && existing.isPresent()) {
      throw S3Failure.preconditionFailed("If-None-Match");
    }
    if (etag.isPresent()) {
      StoredObject object = existing.orElseThrow(S3Failure::noSuchKey);
      if (!etag.get().equals("*") && !etag.get().equals(object.etag())) {
        throw S3Failure.preconditionFailed("If-Match");
      }
    }
  }
}
