package dev.slipway.rag.retrieval;

import dev.slipway.rag.PassageSearch;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.Retriever;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one caller may see of the store: the only way by which steps reach it, so that none can look
 * further. Thread-safe.
 */
final class Scope {
  /** Not metadata: the field by which a question chooses among collections. */
  static final String COLLECTION = "collection";

  private final PassageSearch search;
  private final List<String> collections;
  private final Map<String, String> filter;

  private Scope(PassageSearch search, List<String> collections, Map<String, String> filter) {
    this.search = search;
    this.collections = collections;
    this.filter = filter;
  }

  /**
   * Returns what a request may see; absent if it may see nothing, because its caller has no tenant
   * where tenants are kept apart, or because its filter asks for another tenant's passages.
   */
  static Optional<Scope> of(
      PassageSearch search, Retriever.Request request, Optional<String> tenantField) {
    Map<String, String> filter = new HashMap<>(request.filter());
    if (tenantField.isPresent()) {
      String field = tenantField.get();
      Optional<String> tenant = request.tenant();
      if (tenant.isEmpty() || !filter.getOrDefault(field, tenant.get()).equals(tenant.get())) {
        return Optional.empty();
      }
      filter.put(field, tenant.get());
    }
    return Optional.of(new Scope(search, request.collections(), Map.copyOf(filter)));
  }

  List<String> collections() {
    return collections;
  }

  /** Returns whether a question may filter on a field, which the caller has not settled. */
  boolean leavesOpen(String field) {
    return field.equals(COLLECTION) ? collections.size() > 1 : !filter.containsKey(field);
  }

  /** Returns which values a field has in here, at most so many. */
  List<String> values(String field, int limit) {
    return field.equals(COLLECTION)
        ? collections.stream().limit(limit).toList()
        : search.values(collections, field, filter, limit);
  }

  /** Returns the part of this that a filter leaves of its collections. */
  List<String> collections(Map<String, Set<String>> anyOf) {
    Set<String> chosen = anyOf.get(COLLECTION);
    return chosen == null ? collections : collections.stream().filter(chosen::contains).toList();
  }

  /** Searches some of the collections; what the filter says of collections is passed over. */
  List<Hit> search(
      String text, float[] embedding, List<String> within, Map<String, Set<String>> anyOf, int k) {
    Map<String, Set<String>> fields = new TreeMap<>(anyOf);
    fields.remove(COLLECTION);
    return search.search(
        new PassageSearch.Query(
            text,
            embedding,
            within.stream().filter(collections::contains).toList(),
            filter,
            fields,
            k));
  }
}
