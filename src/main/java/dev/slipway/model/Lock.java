package dev.slipway.model;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Pins what a manifest's model resolved to: {@code slipway.lock}, which lies beside the manifest
 * and belongs into version control. Its JSON document is the one that {@code slipway model lock
 * --json} prints.
 *
 * @param source the model source as the manifest had it
 * @param revision the branch, tag or commit that the manifest named; absent in locks of old, which
 *     hold for any
 * @param globs the manifest's {@code model.files}; absent in locks of old
 * @param commit the snapshot's commit
 * @param files every file, in the order of their paths
 * @param facts what the model's configuration said
 */
public record Lock(
    String source,
    Optional<String> revision,
    Optional<List<String>> globs,
    String commit,
    List<ModelFile> files,
    ModelFacts facts) {

  /** The name of the lock's file. */
  public static final String FILE_NAME = "slipway.lock";

  private static final int MAX_DIFFERENCES_TOLD = 20;

  /** What {@link #pin} did. */
  public enum Pinned {
    /** There was no lock; now there is. */
    MADE,
    /** The lock was for another source, revision or choice of files, and is made anew. */
    REMADE,
    /** The lock holds, byte for byte. */
    HELD
  }

  /** Copies the lists. */
  public Lock {
    globs = globs.map(List::copyOf);
    files = List.copyOf(files);
  }

  /** Returns the lock that pins what a manifest's model resolved to. */
  public static Lock of(ModelSpec model, Snapshot snapshot) {
    return new Lock(
        snapshot.source().uri(),
        Optional.of(model.revision()),
        Optional.of(model.files()),
        snapshot.commit(),
        snapshot.files(),
        snapshot.facts());
  }

  /**
   * Reads a lock; absent if there is no such file.
   *
   * @throws OperationFailed if the file can't be read, or isn't a lock; the reason names the place
   */
  public static Optional<Lock> read(Path file) {
    return LockDocument.read(file);
  }

  /**
   * Writes the lock: whole or not at all, the same bytes for the same lock.
   *
   * @throws OperationFailed if it can't be written
   */
  public void write(Path file) {
    LockDocument.write(this, file);
  }

  /**
   * Holds a snapshot to the lock in a file, and makes the lock where there is none for its model.
   *
   * @param model what was resolved to the snapshot
   * @return what was done
   * @throws Refused if the lock is for this model and the snapshot differs from it
   * @throws OperationFailed if the lock can't be read or written
   */
  public static Pinned pin(Path file, ModelSpec model, Snapshot snapshot) {
    Optional<Lock> lock = read(file);
    if (lock.isPresent() && lock.get().isFor(model)) {
      lock.get().verify(snapshot);
      return Pinned.HELD;
    }
    of(model, snapshot).write(file);
    return lock.isPresent() ? Pinned.REMADE : Pinned.MADE;
  }

  /**
   * Returns whether this lock pins the given model; a lock for another source, revision or choice
   * of files says nothing of it.
   */
  public boolean isFor(ModelSpec model) {
    return source.equals(model.source().uri())
        && revision.orElse(model.revision()).equals(model.revision())
        && globs.orElse(model.files()).equals(model.files());
  }

  /** Returns the commit to resolve a model at; absent if this lock isn't for it. */
  public Optional<String> pinned(ModelSpec model) {
    return isFor(model) ? Optional.of(commit) : Optional.empty();
  }

  /**
   * Says how a snapshot differs from what is pinned, one line for each changed, missing or added
   * file; empty if it doesn't.
   */
  List<String> differences(Snapshot snapshot) {
    Map<String, ModelFile> now =
        snapshot.files().stream().collect(Collectors.toMap(ModelFile::path, Function.identity()));
    Map<String, String> told = new TreeMap<>();
    for (ModelFile pinned : files) {
      Optional.ofNullable(now.remove(pinned.path()))
          .map(found -> change(pinned, found))
          .orElse(Optional.of("is missing"))
          .ifPresent(change -> told.put(pinned.path(), change));
    }
    now.keySet().forEach(added -> told.put(added, "is new"));
    List<String> lines = new ArrayList<>();
    told.forEach((path, change) -> lines.add(path + " " + change));
    if (lines.isEmpty() && !commit.equals(snapshot.commit())) {
      lines.add("the commit was " + commit + ", is " + snapshot.commit());
    }
    return List.copyOf(lines);
  }

  private static Optional<String> change(ModelFile pinned, ModelFile found) {
    if (pinned.size() != found.size()) {
      return Optional.of("has " + found.size() + " bytes, had " + pinned.size());
    }
    if (!pinned.sha256().equals(found.sha256())) {
      return Optional.of(
          "has changed (SHA-256 %s…, was %s…)"
              .formatted(found.sha256().substring(0, 12), pinned.sha256().substring(0, 12)));
    }
    return Optional.empty();
  }

  /**
   * Refuses a snapshot that differs from what is pinned.
   *
   * @throws Refused naming every changed, missing and added file
   */
  public void verify(Snapshot snapshot) {
    List<String> differences = differences(snapshot);
    if (differences.isEmpty()) {
      return;
    }
    int more = differences.size() - MAX_DIFFERENCES_TOLD;
    throw new Refused(
        "model_changed",
        "The model " + source + " is not the one that " + FILE_NAME + " pins",
        differences.stream().limit(MAX_DIFFERENCES_TOLD).collect(Collectors.joining("; "))
            + (more > 0 ? "; and " + more + " more" : ""),
        "If the change is meant, delete " + FILE_NAME + "; if not, put the files back.");
  }
}
