package dev.slipway.store;

import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.index.PassageStore;
import dev.slipway.rag.index.PassageWriter;
import dev.slipway.rag.index.VectorSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.store.FSDirectory;

/**
 * Keeps passages in a Lucene index on disk: one folder per deployment, with all of its collections.
 *
 * <p>Any number of processes may search while one writes; each search sees the last commit by the
 * time of its call. The folder need not exist before the first write. It remembers whose vectors it
 * holds and refuses another embedder's. Thread-safe.
 */
public final class LuceneStore implements PassageStore {

  /** What Lucene's default format takes. */
  private static final int MOST_DIMENSIONS = 1024;

  private final Path folder;
  private final VectorSpace space;
  private final IndexTrouble trouble;
  private final Analyzer analyzer = new WordAnalyzer();
  private final HybridSearch search = new HybridSearch(analyzer);
  private final CommittedIndex index;

  /**
   * Makes a store over a folder, without touching it yet.
   *
   * @param folder where the index is, or will be
   * @param space whose vectors it holds
   * @throws OperationFailed if the vectors are longer than 1,024 ({@code index_dimensions})
   */
  public LuceneStore(Path folder, VectorSpace space) {
    if (space.dimensions() > MOST_DIMENSIONS) {
      throw new OperationFailed(
          "index_dimensions",
          "Cannot index vectors of " + space,
          "the embedded index takes at most " + MOST_DIMENSIONS + " dimensions",
          "Choose a smaller embedder, or rag.store: {qdrant: ...}.");
    }
    this.folder = folder;
    this.space = space;
    this.trouble = new IndexTrouble(folder);
    this.index = new CommittedIndex(folder, space, trouble);
  }

  @Override
  public List<Hit> search(Query query) {
    if (query.embedding().length != space.dimensions()) {
      throw new IllegalArgumentException(
          "embedding: must have "
              + space.dimensions()
              + " dimensions, has "
              + query.embedding().length);
    }
    if (query.k() < 1 || query.collections().isEmpty()) {
      return List.of();
    }
    return read(reader -> search.search(reader, query));
  }

  @Override
  public List<String> values(
      List<String> collections, String field, Map<String, String> filter, int limit) {
    return read(reader -> HybridSearch.values(reader, collections, field, filter, limit));
  }

  /** Reads a state of the index. */
  private interface Reading<T> {
    List<T> from(IndexReader reader) throws IOException;
  }

  private <T> List<T> read(Reading<T> reading) {
    try {
      Optional<CommittedIndex.Lease> lease = index.lease();
      if (lease.isEmpty()) {
        return List.of();
      }
      try (CommittedIndex.Lease open = lease.get()) {
        return reading.from(open.reader());
      }
    } catch (IOException failed) {
      throw trouble.of(failed);
    }
  }

  @Override
  public PassageWriter write(String collection) {
    try {
      Files.createDirectories(folder);
      return LuceneWriter.open(FSDirectory.open(folder), collection, space, analyzer, trouble);
    } catch (IOException failed) {
      throw trouble.of(failed);
    }
  }

  @Override
  public void close() {
    try {
      index.close();
    } catch (IOException failed) {
      throw trouble.of(failed);
    }
  }
}
