package dev.slipway.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.endpoint.Deadline;
import dev.slipway.failure.Failure;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageStore;
import dev.slipway.rag.index.PassageWriter;
import dev.slipway.rag.index.VectorSpace;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Keeps passages in a Qdrant server, over its REST API: one collection there for each of a
 * deployment's. Searches by meaning and by words are one request per collection, all collections at
 * once; the rankings are fused here, as the embedded store fuses its own.
 *
 * <p>A collection need not exist before it is written. It remembers whose vectors it holds, which
 * each search checks. Thread-safe.
 */
public final class QdrantStore implements PassageStore {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final PassagePlace.Qdrant place;
  private final VectorSpace space;
  private final Budgets budgets;
  private final Clock clock;
  private final QdrantFailures failures;
  private final QdrantClient client;
  private final WordWeights weights = new WordWeights(new WordAnalyzer());

  /** How long a search, and a step of a write, may take with all attempts. */
  record Budgets(Duration search, Duration write) {
    /** A question has a minute in all, and most of that is the model's. */
    static Budgets standard() {
      return new Budgets(Duration.ofSeconds(10), Duration.ofMinutes(1));
    }
  }

  /**
   * Makes a store of a server, without asking it anything yet.
   *
   * @param space whose vectors it holds
   */
  public QdrantStore(PassagePlace.Qdrant place, VectorSpace space) {
    this(place, space, Budgets.standard(), Clock.systemUTC());
  }

  QdrantStore(PassagePlace.Qdrant place, VectorSpace space, Budgets budgets, Clock clock) {
    this.place = place;
    this.space = space;
    this.budgets = budgets;
    this.clock = clock;
    this.failures = new QdrantFailures(place.url());
    this.client = new QdrantClient(place.url(), place.key(), failures);
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
    int depth = QdrantHits.depth(query.k());
    ObjectNode body = searches(query, depth);
    Deadline deadline = Deadline.in(budgets.search());
    QdrantHits hits = new QdrantHits(depth);
    AtOnce.each(
            query.collections().stream().distinct().toList(), name -> search(name, body, deadline))
        .forEach(hits::add);
    return hits.best(query.k());
  }

  /** Asks by meaning, by words, and for the identity of what is asked. */
  private ObjectNode searches(Query query, int depth) {
    ObjectNode body = NODES.objectNode();
    ArrayNode searches = body.putArray("searches");
    ObjectNode identity = searches.addObject().put("limit", 1).put("with_payload", true);
    identity
        .putObject("filter")
        .putArray("must")
        .addObject()
        .putArray("has_id")
        .add(QdrantCollection.IDENTITY);
    ObjectNode filter = QdrantPoints.liveWith(query.filter(), query.anyOf());
    ObjectNode meaning = search(searches, QdrantPoints.DENSE, filter, depth);
    meaning.set("query", QdrantPoints.dense(query.embedding()));
    SortedMap<Long, Double> words = weights.question(query.text());
    if (!words.isEmpty()) {
      search(searches, QdrantPoints.WORDS, filter, depth).set("query", QdrantPoints.sparse(words));
    }
    return body;
  }

  private static ObjectNode search(
      ArrayNode searches, String vector, ObjectNode filter, int depth) {
    ObjectNode search = searches.addObject().put("using", vector).put("limit", depth);
    search.set("filter", filter);
    return search.put("with_payload", true);
  }

  private QdrantHits.Found search(String name, ObjectNode body, Deadline deadline) {
    QdrantCollection collection = collection(name);
    QdrantClient.Reply reply = client.post(collection.path("/points/query/batch"), body, deadline);
    if (reply.missing()) {
      return QdrantHits.Found.nothing(name);
    }
    JsonNode results = collection.need(reply);
    QdrantHits.Found found =
        new QdrantHits.Found(name, results.path(1).path("points"), results.path(2).path("points"));
    JsonNode identity = results.path(0).path("points").path(0).path("payload");
    if (identity.isMissingNode() && found.isEmpty()) {
      return found;
    }
    collection.check(identity);
    return found;
  }

  @Override
  public List<String> values(
      List<String> collections, String field, Map<String, String> filter, int limit) {
    if (limit < 1 || collections.isEmpty()) {
      return List.of();
    }
    ObjectNode body = NODES.objectNode().put("key", QdrantPoints.path(field)).put("limit", limit);
    body.set("filter", QdrantPoints.liveWith(filter, Map.of()));
    body.put("exact", true);
    Deadline deadline = Deadline.in(budgets.search());
    return AtOnce.each(
            collections.stream().distinct().toList(), name -> values(name, body, deadline))
        .stream()
        .flatMap(List::stream)
        .sorted()
        .distinct()
        .limit(limit)
        .toList();
  }

  private List<String> values(String name, ObjectNode body, Deadline deadline) {
    QdrantCollection collection = collection(name);
    QdrantClient.Reply reply = client.post(collection.path("/facet"), body, deadline);
    // Qdrant counts the values of fields with an index only: of others, nothing is known.
    if (reply.missing() || (reply.status() == 400 && reply.error().contains("index"))) {
      return List.of();
    }
    return collection
        .need(reply)
        .path("hits")
        .valueStream()
        .map(hit -> hit.path("value").asText())
        .toList();
  }

  @Override
  public PassageWriter write(String name) {
    QdrantCollection collection = collection(name);
    Deadline deadline = Deadline.in(budgets.write());
    collection.prepare(deadline);
    QdrantLease lease = QdrantLease.take(collection, failures, clock, deadline);
    try {
      return new QdrantWriter(
          new QdrantWriter.Tools(client, collection, weights, space.dimensions(), budgets.write()),
          name,
          lease,
          // Later than those of all runs before, as long as no clock goes back by more than a run.
          clock.millis() * 1000);
    } catch (Failure failed) {
      lease.release(deadline);
      throw failed;
    }
  }

  private QdrantCollection collection(String name) {
    return new QdrantCollection(client, failures, place, space, name);
  }

  @Override
  public void close() {
    client.close();
  }
}
