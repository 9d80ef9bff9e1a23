package dev.slipway.rag;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds passages. Thread-safe; sees what was indexed by the time of the call. */
public interface PassageSearch extends AutoCloseable {

  /**
   * What is looked for.
   *
   * @param text for matching words
   * @param embedding for matching meaning, of the embedder's length
   * @param collections where to look; a collection that doesn't exist holds nothing
   * @param filter fields that must be equal: {@code source}, {@code title}, or a metadata key
   * @param anyOf fields that must have one of these values; a field of both this and {@code filter}
   *     must suit both, and one without values suits nothing
   * @param k at most so many
   */
  record Query(
      String text,
      float[] embedding,
      List<String> collections,
      Map<String, String> filter,
      Map<String, Set<String>> anyOf,
      int k) {
    /** Copies the collections. */
    public Query {
      collections = List.copyOf(collections);
      filter = Map.copyOf(filter);
      anyOf =
          anyOf.entrySet().stream()
              .collect(
                  Collectors.toUnmodifiableMap(
                      Map.Entry::getKey, field -> Set.copyOf(field.getValue())));
    }

    /** Looks for passages whose fields are equal to the filter's. */
    public Query(
        String text,
        float[] embedding,
        List<String> collections,
        Map<String, String> filter,
        int k) {
      this(text, embedding, collections, filter, Map.of(), k);
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

  /**
   * Returns which values a field has, in their natural order; values of over 1,000 bytes may be
   * left out.
   *
   * @param collections where to look
   * @param field {@code source}, {@code title}, or a metadata key
   * @param filter fields that a passage must have for its value to count
   * @param limit at most so many
   */
  List<String> values(
      List<String> collections, String field, Map<String, String> filter, int limit);

  @Override
  void close();
}
