package dev.slipway.rag.index;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.rag.Embedder;
import dev.slipway.rag.index.PassageWriter.StoredDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Brings a collection of a store in step with documents on disk. For one thread at a time.
 *
 * <p>A document's source is its real path, relative to the base folder where it lies within, else
 * absolute: however a file is named, it is one document. A document is read again only if its
 * content, the way of splitting or the embedder has changed. One that is stored, would lie below a
 * given path and is not there any more (or is no document any more) is deleted; one that is there
 * but can't be read just now is kept as it was. Documents elsewhere stay.
 *
 * <p>What is done is committed every few documents. Stopped at any moment, the store holds each
 * document either as it was before or as it is now, and the next run does the rest.
 */
public final class Indexer {

  private final PassageStore store;
  private final Embedder embedder;
  private final Path base;
  private final Splitter splitter;
  private final DocumentLimits limits;

  /**
   * Makes an indexer of the standard sizes.
   *
   * @param store where passages go; its vectors must be the embedder's
   * @param base the folder that sources are relative to: the manifest's
   */
  public Indexer(PassageStore store, Embedder embedder, Path base) {
    this(store, embedder, base, PassageSize.standard(), DocumentLimits.standard());
  }

  /**
   * Makes an indexer with other sizes.
   *
   * @param size {@link PassageSize#fitting} the model that reads the passages; another size than at
   *     the last run indexes every document anew
   */
  public Indexer(
      PassageStore store, Embedder embedder, Path base, PassageSize size, DocumentLimits limits) {
    this.store = store;
    this.embedder = embedder;
    this.base = base;
    this.splitter = new Splitter(size);
    this.limits = limits;
  }

  /**
   * Indexes files and folders.
   *
   * @param paths at least one; relative ones are relative to the working folder; one that does not
   *     exist any more takes its documents out of the collection
   * @param collection letters, digits, {@code .}, {@code _} and {@code -}, at most 64
   * @throws UsageFailure if there is no path, one has neither files nor stored documents, or the
   *     collection's name is none
   * @throws OperationFailed if the store or the base folder can't be used
   * @throws dev.slipway.failure.Interrupted if the thread is interrupted; what was committed stays
   */
  public IndexReport index(List<Path> paths, String collection, IndexProgress progress) {
    check(paths, collection);
    SourceNames names = names();
    Tally tally = new Tally();
    FileWalk walk = walk(paths, names, tally);
    try (PassageWriter writer = store.write(collection)) {
      Map<String, StoredDocument> stored = writer.documents();
      refuseNothing(paths, names, stored);
      SortedMap<String, Path> files = walk.files();
      IndexRun run =
          new IndexRun(
              new IndexRun.Tools(splitter, embedder, limits), writer, collection, stored, tally);
      run.update(files, progress);
      run.deleteGone(source -> walk.covers(names.path(source)));
      return run.report();
    }
  }

  private static void check(List<Path> paths, String collection) {
    if (paths.isEmpty()) {
      throw new UsageFailure(
          "Cannot index nothing", "", "Name files or folders: `slipway index docs`.");
    }
    if (!collection.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw new UsageFailure(
          "Cannot use \"" + collection + "\" as the name of a collection",
          "it must start with a letter or a digit, have at most 64 characters, and only letters,"
              + " digits, dots, underscores and hyphens",
          "Choose another --collection.");
    }
  }

  private SourceNames names() {
    try {
      return new SourceNames(base);
    } catch (IOException unusable) {
      throw unreadable(base, unusable);
    }
  }

  private static FileWalk walk(List<Path> paths, SourceNames names, Tally tally) {
    FileWalk walk = new FileWalk(names, tally);
    for (Path path : paths) {
      try {
        walk.add(path);
      } catch (IOException unusable) {
        throw unreadable(path, unusable);
      }
    }
    return walk;
  }

  private static void refuseNothing(
      List<Path> paths, SourceNames names, Map<String, StoredDocument> stored) {
    for (Path path : paths) {
      try {
        Path real = SourceNames.real(path);
        if (!Files.exists(real)
            && stored.keySet().stream().noneMatch(source -> names.path(source).startsWith(real))) {
          throw new UsageFailure(
              "Cannot index " + path,
              "there is no such file or folder, and the collection has no documents from it",
              "Check the path.");
        }
      } catch (IOException unusable) {
        throw unreadable(path, unusable);
      }
    }
  }

  private static OperationFailed unreadable(Path path, IOException cause) {
    return new OperationFailed(
        "documents_unreadable",
        "Cannot read " + path,
        cause.getClass().getSimpleName(),
        "Check that it exists and may be read.",
        false,
        cause);
  }
}
