package dev.slipway.rag.index;

import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.Passage;
import dev.slipway.rag.index.PassageWriter.EmbeddedPassage;
import dev.slipway.rag.index.PassageWriter.NewDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A passage store without a disk: the cosine of the vectors plus the share of the question's words.
 */
public final class InMemoryPassageStore implements PassageStore {

  private final VectorSpace space;
  private Map<Key, NewDocument> committed = Map.of();
  private boolean writing;

  private record Key(String collection, String source) {}

  /** Makes an empty store. */
  public InMemoryPassageStore(VectorSpace space) {
    this.space = space;
  }

  @Override
  public synchronized List<Hit> search(Query query) {
    if (query.embedding().length != space.dimensions()) {
      throw new IllegalArgumentException("embedding: has " + query.embedding().length);
    }
    List<Hit> hits = new ArrayList<>();
    for (Map.Entry<Key, NewDocument> document : committed.entrySet()) {
      if (query.collections().contains(document.getKey().collection())) {
        for (EmbeddedPassage embedded : document.getValue().passages()) {
          if (matches(embedded.passage(), query.filter())
              && query.anyOf().entrySet().stream()
                  .allMatch(
                      field ->
                          value(embedded.passage(), field.getKey())
                              .filter(field.getValue()::contains)
                              .isPresent())) {
            hits.add(new Hit(embedded.passage(), score(embedded, query)));
          }
        }
      }
    }
    return hits.stream()
        .sorted(Comparator.comparingDouble(Hit::score).reversed())
        .limit(Math.max(0, query.k()))
        .toList();
  }

  private static boolean matches(Passage passage, Map<String, String> filter) {
    return filter.entrySet().stream()
        .allMatch(field -> value(passage, field.getKey()).equals(Optional.of(field.getValue())));
  }

  private static Optional<String> value(Passage passage, String field) {
    return switch (field) {
      case "source" -> Optional.of(passage.source());
      case "title" -> Optional.of(passage.title());
      default -> Optional.ofNullable(passage.metadata().get(field));
    };
  }

  @Override
  public synchronized List<String> values(
      List<String> collections, String field, Map<String, String> filter, int limit) {
    return committed.entrySet().stream()
        .filter(document -> collections.contains(document.getKey().collection()))
        .flatMap(document -> document.getValue().passages().stream())
        .map(EmbeddedPassage::passage)
        .filter(passage -> matches(passage, filter))
        .flatMap(passage -> value(passage, field).stream())
        .distinct()
        .sorted()
        .limit(limit)
        .toList();
  }

  private static double score(EmbeddedPassage embedded, Query query) {
    double product = 0;
    double left = 1e-9;
    double right = 1e-9;
    for (int i = 0; i < query.embedding().length; i++) {
      product += embedded.vector()[i] * query.embedding()[i];
      left += embedded.vector()[i] * embedded.vector()[i];
      right += query.embedding()[i] * query.embedding()[i];
    }
    Set<String> words = words(query.text());
    Set<String> shared = new HashSet<>(words);
    shared.retainAll(words(embedded.passage().text()));
    return product / Math.sqrt(left * right) + shared.size() / (1.0 + words.size());
  }

  private static Set<String> words(String text) {
    return Set.copyOf(List.of(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)));
  }

  @Override
  public synchronized PassageWriter write(String collection) {
    if (writing) {
      throw new OperationFailed("index_locked", "Cannot write", "another writer is open", "Wait.");
    }
    writing = true;
    return new Writer(collection);
  }

  @Override
  public void close() {}

  private final class Writer implements PassageWriter {
    private final String collection;
    private final Map<Key, NewDocument> next;

    Writer(String collection) {
      this.collection = collection;
      this.next = new LinkedHashMap<>(committed);
    }

    @Override
    public Map<String, StoredDocument> documents() {
      Map<String, StoredDocument> documents = new HashMap<>();
      synchronized (InMemoryPassageStore.this) {
        committed.forEach(
            (key, document) -> {
              if (key.collection().equals(collection)) {
                documents.put(
                    key.source(),
                    new StoredDocument(document.version(), document.passages().size()));
              }
            });
      }
      return documents;
    }

    @Override
    public void put(NewDocument document) {
      for (EmbeddedPassage embedded : document.passages()) {
        if (embedded.vector().length != space.dimensions()
            || !embedded.passage().source().equals(document.source())
            || !embedded.passage().collection().equals(collection)) {
          throw new IllegalArgumentException("passage " + embedded.passage().id());
        }
      }
      next.put(new Key(collection, document.source()), document);
    }

    @Override
    public void delete(String source) {
      next.remove(new Key(collection, source));
    }

    @Override
    public void commit() {
      synchronized (InMemoryPassageStore.this) {
        committed = new LinkedHashMap<>(next);
      }
    }

    @Override
    public void close() {
      synchronized (InMemoryPassageStore.this) {
        writing = false;
      }
    }
  }
}
