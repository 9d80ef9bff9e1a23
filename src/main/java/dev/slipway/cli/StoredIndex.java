package dev.slipway.cli;

import dev.slipway.deploy.IndexSnapshot;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.rag.index.PassagePlace;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Brings an index from a deployment's store to this machine. */
record StoredIndex(Surroundings surroundings, Optional<String> region) {
  private static final Pattern ADDRESS =
      Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.+/([0-9a-f]{20})\\.zip)");

  /**
   * Fetches it.
   *
   * @param address {@code s3://BUCKET/KEY}
   * @param state below which it comes to lie, by its content
   * @return its folder
   * @throws OperationFailed if there is none, if it is broken, or if another embedder made it
   */
  Path fetch(String address, Path state) {
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches()) {
      throw new UsageFailure(
          "Cannot read the index " + address,
          "it is not the address of one that a deploy has stored",
          "Give s3://BUCKET/index/ENVIRONMENT/HASH.zip.");
    }
    Path folder = state.resolve("stored-index").resolve(parts.group(3));
    try (Cloud cloud = surroundings.adapters().cloud(region);
        Bucket bucket = cloud.bucket(parts.group(1))) {
      IndexSnapshot.fetch(bucket, parts.group(2), folder);
    }
    try {
      // Now, and not at the first question: tasks that can't answer must not take over.
      surroundings.adapters().read(new PassagePlace.Folder(folder));
    } catch (OperationFailed unusable) {
      throw new OperationFailed(
          unusable.code(),
          "Cannot use the index " + address,
          unusable.why(),
          "Run `slipway index` with the version that serves, then deploy: that stores it anew.",
          false,
          unusable);
    }
    return folder;
  }
}
