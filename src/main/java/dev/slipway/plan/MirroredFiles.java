package dev.slipway.plan;

import dev.slipway.model.Lock;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import java.util.List;

/**
 * Decides which of a model's files go to the store: the one place that does, so that what is
 * copied, where it lies, what it weighs and what a plan tells of it agree.
 *
 * <p>A folder may hold the same weights as safetensors, which servers in the cloud read, and as a
 * GGUF, which the local engine reads. The lock pins both; an endpoint would download both. So a
 * GGUF stays behind where there are safetensors, unless the manifest chose its files itself.
 */
public final class MirroredFiles {
  private MirroredFiles() {}

  /** Returns a lock with those of its files that go to the store; itself if all do. */
  public static Lock of(ModelSpec model, Lock lock) {
    List<ModelFile> files = chosen(model, lock.files());
    return files.size() == lock.files().size()
        ? lock
        : new Lock(
            lock.source(), lock.revision(), lock.globs(), lock.commit(), files, lock.facts());
  }

  /** Returns a snapshot with those of its files that go to the store; itself if all do. */
  public static Snapshot of(ModelSpec model, Snapshot snapshot) {
    List<ModelFile> files = chosen(model, snapshot.files());
    return files.size() == snapshot.files().size()
        ? snapshot
        : new Snapshot(
            snapshot.source(), snapshot.commit(), files, snapshot.facts(), snapshot.content());
  }

  private static List<ModelFile> chosen(ModelSpec model, List<ModelFile> files) {
    boolean safetensors = files.stream().anyMatch(file -> file.path().endsWith(".safetensors"));
    return model.files().isEmpty() && safetensors
        ? files.stream().filter(file -> !file.path().endsWith(".gguf")).toList()
        : files;
  }
}
