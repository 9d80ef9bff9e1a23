package dev.slipway.model.mirror;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.model.ModelFile;
import dev.slipway.model.Snapshot;
import dev.slipway.model.mirror.Bucket.Item;
import dev.slipway.model.mirror.Bucket.Part;
import dev.slipway.model.mirror.Bucket.Upload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What lies below a prefix before a copy begins.
 *
 * @param objects by key
 * @param uploads neither completed nor aborted
 * @param manifest absent unless a copy came to its end
 * @param journal absent unless one didn't
 */
record Standing(
    Map<String, Item> objects,
    List<Upload> uploads,
    Optional<MirrorManifest> manifest,
    Optional<Journal> journal) {

  static Standing look(Bucket bucket, String prefix, Retries retries) {
    return new Standing(
        retries.call(() -> bucket.list(prefix)).stream()
            .collect(Collectors.toMap(Item::key, Function.identity())),
        retries.call(() -> bucket.uploads(prefix)),
        retries
            .call(() -> bucket.get(MirrorManifest.key(prefix)))
            .flatMap(MirrorManifest::read)
            .filter(manifest -> manifest.prefix().equals(prefix)),
        retries.call(() -> bucket.get(Journal.key(prefix))).flatMap(Journal::read));
  }

  /** Returns the manifest, if it vouches for this snapshot and all lies there as it says. */
  Optional<MirrorManifest> complete(Snapshot snapshot) {
    return manifest
        .filter(m -> m.isOf(snapshot))
        .filter(m -> objects.size() == m.files().size())
        .filter(m -> m.files().stream().allMatch(file -> isAs(file, m.prefix() + file.path())));
  }

  private boolean isAs(MirrorManifest.Entry file, String key) {
    return Optional.ofNullable(objects.get(key))
        .filter(item -> item.size() == file.size() && item.etag().equals(file.etag()))
        .isPresent();
  }

  /** Returns the journal of this snapshot's last copy that didn't come to its end. */
  Optional<Journal> journalOf(Snapshot snapshot) {
    return journal.filter(j -> j.commit().equals(snapshot.commit()));
  }

  /** Returns the paths that no single run has seen whole. */
  Set<String> unseen(Snapshot snapshot) {
    return journalOf(snapshot).map(Journal::unseen).orElse(Set.of());
  }

  /**
   * Returns whether a file's object is there, made of a file with this size and SHA-256: as the old
   * manifest says of this very ETag, or the object's own metadata.
   */
  boolean holds(Bucket bucket, String prefix, ModelFile file, Retries retries) {
    Item item = objects.get(prefix + file.path());
    if (item == null || item.size() != file.size()) {
      return false;
    }
    boolean vouched =
        manifest.stream()
            .flatMap(m -> m.files().stream())
            .anyMatch(
                entry ->
                    entry.path().equals(file.path())
                        && entry.sha256().equals(file.sha256())
                        && entry.etag().equals(item.etag()));
    return vouched
        || retries
            .call(() -> bucket.head(item.key()))
            .filter(now -> now.size() == file.size())
            .filter(now -> file.sha256().equals(now.metadata().get(Transfer.SHA256)))
            .isPresent();
  }

  /**
   * Takes up what an earlier run sent of a file: of its uploads the one with the most parts, if
   * they are cut as this run would. Without a journal of this snapshot it can't be told whose they
   * are, so none is.
   */
  FileUpload takeUp(
      Bucket bucket,
      Snapshot snapshot,
      ModelFile file,
      String key,
      PartPlan plan,
      Retries retries) {
    var fresh = new FileUpload(file, key, plan, Optional.empty(), List.of());
    if (journalOf(snapshot).isEmpty()) {
      return fresh;
    }
    List<FileUpload> begun = new ArrayList<>();
    for (Upload upload : uploads) {
      if (upload.key().equals(key)) {
        parts(bucket, upload, retries)
            .filter(parts -> parts.stream().allMatch(part -> fits(part, plan)))
            .ifPresent(
                parts -> begun.add(new FileUpload(file, key, plan, Optional.of(upload), parts)));
      }
    }
    return begun.stream().max(Comparator.comparingLong(FileUpload::bytes)).orElse(fresh);
  }

  private static Optional<List<Part>> parts(Bucket bucket, Upload upload, Retries retries) {
    try {
      return Optional.of(retries.call(() -> bucket.parts(upload)));
    } catch (CloudFailure failure) {
      if (failure.kind() == Kind.NOT_FOUND) {
        return Optional.empty(); // completed or aborted since the list was made
      }
      throw failure;
    }
  }

  private static boolean fits(Part part, PartPlan plan) {
    return part.number() <= plan.count() && part.size() == plan.length(part.number());
  }
}
