package dev.slipway.plan;

import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The model that answers a deployment's questions: the endpoint's, or with {@code api.engine:
 * embedded} a GGUF beside the service, which may be another and then has a lock of its own.
 *
 * @param spec which it is
 * @param own whether it is that of {@code api.model}, and not that of {@code model}
 * @param beside whether it answers beside the service
 */
public record AnsweringModel(ModelSpec spec, boolean own, boolean beside) {
  /** The lock of {@code api.model}; that of {@code model} is {@link Lock#FILE_NAME}. */
  public static final String OWN_LOCK = "slipway.api.lock";

  /** Returns the model that a manifest has answer. */
  public static AnsweringModel of(Manifest manifest) {
    boolean beside = manifest.api().engine() == ApiSpec.Engine.EMBEDDED;
    Optional<String> own = manifest.api().model().filter(_ -> beside);
    return own.map(
            source ->
                new AnsweringModel(
                    new ModelSpec(ModelSource.parse(source), "main", List.of(), Set.of()),
                    true,
                    true))
        .orElseGet(() -> new AnsweringModel(manifest.model(), false, beside));
  }

  /**
   * Returns where its lock lies.
   *
   * @param ofModel where the lock of {@code model} lies
   */
  public Path lock(Path ofModel) {
    return own ? ofModel.resolveSibling(OWN_LOCK) : ofModel;
  }

  /** Returns a snapshot with those of its files that a deployment takes; itself if all do. */
  public Snapshot taken(Snapshot snapshot) {
    return beside ? snapshot : MirroredFiles.of(spec, snapshot);
  }

  /** Returns a lock with those of its files that a deployment takes; itself if all do. */
  public Lock taken(Lock lock) {
    return beside ? lock : MirroredFiles.of(spec, lock);
  }
}
