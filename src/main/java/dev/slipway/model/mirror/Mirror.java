package dev.slipway.model.mirror;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.model.ModelFile;
import dev.slipway.model.RelativePath;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import dev.slipway.model.mirror.Bucket.Item;
import dev.slipway.model.mirror.Bucket.Upload;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Copies snapshots to a bucket without a disk: read in parallel ranges, sent as multipart uploads,
 * each file held to its SHA-256, and vouched for by a manifest that is written last.
 *
 * <p>A copy that was interrupted, be it by {@code kill -9}, is gone on with by the next one: parts
 * that have arrived are not sent again, and a file of which no single run saw all bytes is read
 * back from the bucket before the manifest vouches for it. What else lies below the prefix is
 * removed, unfinished uploads of other snapshots too. Memory doesn't grow with the model.
 *
 * <p>Thread-safe. Two copies of one snapshot to one prefix at the same time don't harm each other.
 */
public final class Mirror {

  /** Parts of 8 MiB: small enough to send again, large enough that requests don't cost. */
  private static final int PART_BYTES = 8 << 20;

  private static final int MOST_LANES = 8;
  private static final String JSON = "application/json";

  private final Bucket bucket;
  private final int partBytes;
  private final Retries retries;
  private final LongSupplier clock;

  /** Makes a mirror into a bucket, which it doesn't close. */
  public Mirror(Bucket bucket) {
    this(bucket, PART_BYTES, Retries.USUAL, System::nanoTime);
  }

  Mirror(Bucket bucket, int partBytes, Retries retries, LongSupplier clock) {
    this.bucket = bucket;
    this.partBytes = partBytes;
    this.retries = retries;
    this.clock = clock;
  }

  /**
   * Copies a snapshot below a prefix, which is the snapshot's alone: whatever else lies there is
   * removed.
   *
   * @param prefix ends in a slash; the manifest goes to {@link MirrorManifest#key}, beside it
   * @throws OperationFailed if a file can't be read, or isn't the one that the snapshot names
   * @throws dev.slipway.failure.CloudFailure if the bucket can't be used
   * @throws dev.slipway.failure.Interrupted if the thread is interrupted; the next copy goes on
   */
  public MirrorReport copy(Snapshot snapshot, String prefix, TransferProgress progress) {
    check(snapshot, prefix);
    Standing before = Standing.look(bucket, prefix, retries);
    Optional<MirrorManifest> complete = before.complete(snapshot);
    if (complete.isPresent()) {
      abort(before.uploads(), Set.of());
      dropJournal(before, prefix);
      return new MirrorReport(complete.get(), 0, snapshot.files().size(), 0);
    }
    if (before.manifest().isPresent()) {
      delete(List.of(MirrorManifest.key(prefix))); // it vouches for what is about to change
    }
    Set<String> unseen = new TreeSet<>(before.unseen(snapshot));
    List<FileUpload> uploads = uploads(before, snapshot, prefix);
    clear(before, snapshot, prefix, uploads);
    for (FileUpload upload : uploads) {
      String path = upload.file().path();
      if (upload.resumed()) {
        unseen.add(path);
      } else {
        unseen.remove(path);
      }
    }
    writeJournal(new Journal(snapshot.commit(), unseen), before, prefix);

    long toSend = uploads.stream().mapToLong(u -> u.file().size() - u.bytes()).sum();
    var tally = new Tally(progress, snapshot.bytes(), snapshot.bytes() - toSend);
    var transfer =
        new Transfer(bucket, snapshot.content(), retries, new Lanes(MOST_LANES, clock), tally);
    transfer.run(uploads);
    unseen.addAll(transfer.unseen());
    snapshot.files().stream()
        .filter(file -> unseen.contains(file.path()))
        .forEach(file -> readBack(file, prefix));

    MirrorManifest manifest = manifest(snapshot, prefix);
    put(MirrorManifest.key(prefix), manifest.write());
    delete(List.of(Journal.key(prefix)));
    int kept = snapshot.files().size() - uploads.size();
    return new MirrorReport(manifest, uploads.size(), kept, tally.moved());
  }

  private static void check(Snapshot snapshot, String prefix) {
    if (!prefix.endsWith("/") || prefix.length() < 2) {
      throw new IllegalArgumentException("the prefix must be a name and a slash, is " + prefix);
    }
    Set<String> folders =
        snapshot.files().stream()
            .map(ModelFile::path)
            .filter(path -> path.indexOf('/') >= 0)
            .flatMap(path -> parents(path).stream())
            .collect(Collectors.toSet());
    for (ModelFile file : snapshot.files()) {
      if (folders.contains(file.path())) {
        throw new Refused(
            "model_refused",
            "Cannot use the model " + RelativePath.quoted(snapshot.source().uri()),
            RelativePath.quoted(file.path()) + " is both a file and a folder",
            "Leave one of them out with model.files: an endpoint can't download both.");
      }
    }
  }

  private static List<String> parents(String path) {
    List<String> parents = new ArrayList<>();
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      parents.add(path.substring(0, slash));
    }
    return parents;
  }

  /** Returns what is to be sent, with what has arrived of it already. */
  private List<FileUpload> uploads(Standing before, Snapshot snapshot, String prefix) {
    List<FileUpload> uploads = new ArrayList<>();
    for (ModelFile file : snapshot.files()) {
      if (!before.holds(bucket, prefix, file, retries)) {
        String key = prefix + file.path();
        PartPlan plan = PartPlan.of(file, partBytes);
        uploads.add(before.takeUp(bucket, snapshot, file, key, plan, retries));
      }
    }
    return uploads;
  }

  /** Removes objects and uploads below the prefix that don't belong to the snapshot. */
  private void clear(Standing before, Snapshot snapshot, String prefix, List<FileUpload> uploads) {
    Set<String> mine =
        snapshot.files().stream().map(file -> prefix + file.path()).collect(Collectors.toSet());
    delete(before.objects().keySet().stream().filter(key -> !mine.contains(key)).toList());
    Set<String> taken =
        uploads.stream()
            .flatMap(upload -> upload.upload().stream())
            .map(Upload::id)
            .collect(Collectors.toSet());
    abort(before.uploads(), taken);
  }

  private void abort(List<Upload> uploads, Set<String> except) {
    for (Upload upload : uploads) {
      if (!except.contains(upload.id())) {
        retries.call(
            () -> {
              bucket.abort(upload);
              return true;
            });
      }
    }
  }

  /** Reads a file back from the bucket, because no single run saw all its bytes. */
  private void readBack(ModelFile file, String prefix) {
    String key = prefix + file.path();
    Item item = there(file, key);
    MessageDigest digest = FileUpload.sha256();
    new RangeReader(retries)
        .stream(
            file.path(),
            (offset, length) -> bucket.open(key, item.etag(), offset, length),
            file.size(),
            digest::update);
    if (!HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
      delete(List.of(key));
      throw Transfer.wrong(file);
    }
  }

  private Item there(ModelFile file, String key) {
    return retries
        .call(() -> bucket.head(key))
        .filter(item -> item.size() == file.size())
        .orElseThrow(() -> disturbed(file));
  }

  private MirrorManifest manifest(Snapshot snapshot, String prefix) {
    Standing after = Standing.look(bucket, prefix, retries);
    abort(after.uploads(), Set.of()); // one whose beginning was told by an answer that got lost
    List<MirrorManifest.Entry> entries = new ArrayList<>();
    for (ModelFile file : snapshot.files()) {
      Item item = after.objects().get(prefix + file.path());
      if (item == null || item.size() != file.size()) {
        throw disturbed(file);
      }
      entries.add(new MirrorManifest.Entry(file.path(), file.size(), file.sha256(), item.etag()));
    }
    return new MirrorManifest(snapshot.source().uri(), snapshot.commit(), prefix, entries);
  }

  private OperationFailed disturbed(ModelFile file) {
    return new OperationFailed(
        "mirror_disturbed",
        "Cannot vouch for the model's copy in the bucket " + bucket.name(),
        RelativePath.quoted(file.path()) + " was removed or replaced while it was copied",
        "See who else writes to this bucket, then run again.",
        true,
        null);
  }

  private void writeJournal(Journal journal, Standing before, String prefix) {
    if (!before.journal().equals(Optional.of(journal))) {
      put(Journal.key(prefix), journal.write());
    }
  }

  private void dropJournal(Standing before, String prefix) {
    if (before.journal().isPresent()) {
      delete(List.of(Journal.key(prefix)));
    }
  }

  private void put(String key, byte[] body) {
    retries.call(
        () -> {
          bucket.put(key, body, JSON);
          return true;
        });
  }

  private void delete(List<String> keys) {
    if (!keys.isEmpty()) {
      retries.call(
          () -> {
            bucket.delete(keys);
            return true;
          });
    }
  }
}
