package dev.slipway.hub;

import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.RelativePath;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import dev.slipway.model.choice.Choice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code hf://org/name}: repositories of the Hugging Face Hub, or of a server that speaks
 * its protocol.
 *
 * <p>A branch or tag is looked up once; from then on everything goes by its commit, so that a
 * branch that moves meanwhile changes nothing. Of large files only the heads are read. Files are
 * kept in the cache that the user's other tools share. Thread-safe.
 */
public final class HubRegistry implements ModelRegistry {

  private final Supplier<HubSettings> settings;
  private final TreeCache trees;
  private final Sha256 hashing;
  private final Consumer<String> notices;
  private final Waiting waiting;
  private @Nullable HubClient client;

  /**
   * Makes a registry.
   *
   * @param settings asked for when a model of the Hub is first resolved: what is wrong with them
   *     troubles no other model
   * @param cache where Slipway keeps what can be made again
   * @param hashes remembers which files were hashed
   * @param notices hears, in a sentence, of waits that the Hub asks for
   */
  public HubRegistry(
      Supplier<HubSettings> settings, Path cache, HashCache hashes, Consumer<String> notices) {
    this(settings, cache, hashes, notices, Waiting.REAL);
  }

  HubRegistry(
      Supplier<HubSettings> settings,
      Path cache,
      HashCache hashes,
      Consumer<String> notices,
      Waiting waiting) {
    this.settings = settings;
    this.trees = new TreeCache(cache.resolve("hub"));
    this.hashing = new Sha256(hashes);
    this.notices = notices;
    this.waiting = waiting;
  }

  @Override
  public Snapshot resolve(ModelSpec model, Path folder, Optional<String> commit) {
    return switch (model.source()) {
      case ModelSource.HuggingFace source ->
          new Asked(settings.get(), client(), source).resolve(model, commit);
      case ModelSource.LocalPath source -> throw unknown(source);
      case ModelSource.S3Prefix source -> throw unknown(source);
      case ModelSource.ModelPackage source -> throw unknown(source);
    };
  }

  @Override
  public Snapshot fetch(Snapshot snapshot, TransferProgress progress) {
    if (!(snapshot.content() instanceof HubContent content)
        || !(snapshot.source() instanceof ModelSource.HuggingFace source)) {
      return snapshot; // its files lie in a folder already
    }
    HubContent wanted = content.only(snapshot.files());
    var whole = new Snapshot(source, snapshot.commit(), snapshot.files(), snapshot.facts(), wanted);
    var failures = new HubFailures(settings.get(), repository(settings.get(), source));
    new HubFetch(whole, wanted, client(), failures, waiting, progress).run();
    hashing.keep();
    return whole;
  }

  private synchronized HubClient client() {
    if (client == null) {
      client = new HubClient(settings.get(), waiting, notices);
    }
    return client;
  }

  private static HubRepository repository(HubSettings settings, ModelSource.HuggingFace source) {
    return new HubRepository(settings.endpoint(), source);
  }

  private static OperationFailed unknown(ModelSource source) {
    return new OperationFailed(
        "source_unsupported",
        "Cannot resolve " + source.uri(),
        "this registry resolves hf:// sources only",
        "Give model.source: hf://org/name.");
  }

  /** One model that is asked for. */
  private final class Asked {
    private final HubSettings settings;
    private final HubClient client;
    private final HubRepository repository;
    private final HubCache cache;
    private final HubFailures failures;

    Asked(HubSettings settings, HubClient client, ModelSource.HuggingFace source) {
      this.settings = settings;
      this.client = client;
      this.repository = repository(settings, source);
      this.cache = new HubCache(settings.cache(), repository.folder());
      this.failures = new HubFailures(settings, repository);
    }

    Snapshot resolve(ModelSpec model, Optional<String> pinned) {
      try {
        Optional<String> given = pinned.or(() -> commitItself(model.revision()));
        String commit = given.isPresent() ? checked(given.get()) : named(model.revision());
        Optional<String> branch =
            given.isPresent() ? Optional.empty() : Optional.of(model.revision());
        Optional<List<HubFile>> known = trees.read(repository, commit);
        if (known.isEmpty() && settings.offline()) {
          return offline(model, commit);
        }
        List<HubFile> files = known.isPresent() ? known.get() : api().files(commit);
        Snapshot snapshot = chosen(model, commit, branch, files);
        if (known.isEmpty()) {
          trees.write(repository, commit, files);
        }
        return snapshot;
      } catch (HubUnreachable e) {
        throw failures.unreachable(e);
      } catch (java.nio.file.FileSystemException e) {
        throw new OperationFailed(
            "cache_not_written",
            "Cannot use the Hub's cache in " + cache.root(),
            "the file system said: " + e,
            "See that the folder is writable and has space, or set HF_HUB_CACHE to another.",
            true,
            e);
      } catch (IOException e) {
        throw failures.unreachable(e);
      }
    }

    private HubApi api() {
      return new HubApi(client, settings, repository);
    }

    private String named(String revision) throws IOException {
      if (!settings.offline()) {
        return api().commit(revision);
      }
      return cache
          .ref(revision)
          .orElseThrow(
              () ->
                  failures.offline(
                      "revision " + RelativePath.quoted(revision) + " is not in the cache"));
    }

    private String checked(String commit) {
      return commitItself(commit)
          .orElseThrow(
              () ->
                  new OperationFailed(
                      "lock_invalid",
                      "Cannot use the pinned commit of " + repository.source().uri(),
                      RelativePath.quoted(commit) + " is no commit of the Hub",
                      "Restore slipway.lock from version control, or delete it."));
    }

    private static Optional<String> commitItself(String revision) {
      return Optional.of(revision).filter(text -> text.matches("[0-9a-f]{40}"));
    }

    private Snapshot chosen(
        ModelSpec model, String commit, Optional<String> branch, List<HubFile> files)
        throws IOException {
      var reader = new HubReader(client, settings, repository, commit);
      var listing = new HubListing(repository, files, cache, reader, client, failures, hashing);
      Choice choice = Choice.of(listing, model);
      List<ModelFile> described = new ArrayList<>();
      List<HubFile> remote = new ArrayList<>();
      for (String path : choice.files()) {
        described.add(listing.describe(path));
        remote.add(listing.file(path));
      }
      return new Snapshot(
          repository.source(),
          commit,
          described,
          choice.facts(),
          new HubContent(commit, branch, remote, cache, reader, hashing));
    }

    /** Takes what another tool has brought, where the Hub may not be asked. */
    private Snapshot offline(ModelSpec model, String commit) throws IOException {
      if (!cache.has(commit)) {
        throw failures.offline("commit " + commit + " is not in the cache");
      }
      ModelFolder folder = ModelFolder.open(repository.source().uri(), cache.snapshot(commit));
      Choice choice = Choice.of(folder, model);
      List<ModelFile> files = new ArrayList<>();
      for (String path : choice.files()) {
        files.add(hashing.of(folder.path(path), path));
      }
      hashing.keep();
      return new Snapshot(repository.source(), commit, files, choice.facts(), folder.root());
    }
  }
}
