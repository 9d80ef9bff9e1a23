package dev.slipway.rag;

import java.util.List;
import java.util.Map;

/** Finds passages. Thread-safe; sees what was indexed by the time of the call. */
public interface PassageSearch extends AutoCloseable {

  /**
   * What is looked for.
   *
   * @param text for matching words
   * @param embedding for matching meaning, of the embedder's length
   * @param collections where to look; a collection that doesn't exist holds nothing
   * @param filter fields that must be equal: {@code source}, {@code title}, or a metadata key
   * @param k at most so many
   */
  record Query(
      String text, float[] embedding, List<String> collections, Map<String, String> filter, int k) {
    /** Copies the collections. */
    public Query {
      collections = List.copyOf(collections);
      filter = Map.copyOf(filter);
    }
  }

  /**
   * A passage and how well it fits.
   *
   * @param score higher is better; comparable within one answer only
   */
  record Hit(Passage passage, double score) {}

  /** Returns the best hits, best first. */
  List<Hit> search(Query query);

  @Override
  void close();
}
