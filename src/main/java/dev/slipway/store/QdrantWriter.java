package dev.slipway.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.endpoint.Deadline;
import dev.slipway.failure.Failure;
import dev.slipway.rag.index.PassageWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one collection of Qdrant.
 *
 * <p>What is put goes to the server at once, in batches, as points that searches don't see. A
 * commit is one request per hundred documents, which makes the new points visible and then deletes
 * the old ones. Requests follow each other: embedding takes far longer than sending. A document
 * without passages is not kept.
 */
final class QdrantWriter implements PassageWriter {

  private static final Logger LOG = LoggerFactory.getLogger(QdrantWriter.class);

  /** Some 1 MB at the usual size of a passage; Qdrant takes 32 MB. */
  private static final int BATCH = 64;

  /** Characters per batch, for passages of an unusual size. */
  private static final int BATCH_TEXT = 2_000_000;

  private static final int DOCUMENTS_PER_REQUEST = 100;
  private static final int PAGE = 1000;

  /** A stop should not wait long for a server that is gone; what stays, the next run deletes. */
  private static final Duration TIDY = Duration.ofSeconds(5);

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Tools tools;
  private final String name;
  private final QdrantLease lease;
  private final Map<String, Optional<Long>> changes = new LinkedHashMap<>();
  private long generation;
  private boolean open = true;

  /**
   * What a writer works with.
   *
   * @param budget how long one step may take
   */
  record Tools(
      QdrantClient client,
      QdrantCollection collection,
      WordWeights weights,
      int dimensions,
      Duration budget) {}

  /**
   * Makes a writer and deletes what one before it left uncommitted.
   *
   * @param name the collection's name in Slipway
   * @param begin the first generation is later than this
   */
  QdrantWriter(Tools tools, String name, QdrantLease lease, long begin) {
    this.tools = tools;
    this.name = name;
    this.lease = lease;
    this.generation = begin;
    dropUncommitted(deadline());
  }

  @Override
  public Map<String, StoredDocument> documents() {
    Map<String, Seen> seen = new HashMap<>();
    ObjectNode body = NODES.objectNode().put("limit", PAGE).put("with_vector", false);
    body.set("filter", QdrantPoints.liveWith(Map.of(), Map.of()));
    body.putArray("with_payload")
        .add(QdrantPoints.SOURCE)
        .add(QdrantPoints.VERSION)
        .add(QdrantPoints.PASSAGES)
        .add(QdrantPoints.GENERATION);
    JsonNode next;
    do {
      JsonNode page = post("/points/scroll", body);
      for (JsonNode point : page.path("points")) {
        JsonNode payload = point.path("payload");
        seen.merge(payload.path(QdrantPoints.SOURCE).asText(), Seen.of(payload), Seen::and);
      }
      next = page.path("next_page_offset");
      body.set("offset", next);
    } while (!next.isNull() && !next.isMissingNode());
    Map<String, StoredDocument> documents = new HashMap<>();
    seen.forEach((source, document) -> documents.put(source, document.stored()));
    return documents;
  }

  /** What was seen of a document: whole only if all of its points are of one generation. */
  private record Seen(String version, long generation, int expected, int count, boolean torn) {
    static Seen of(JsonNode payload) {
      return new Seen(
          payload.path(QdrantPoints.VERSION).asText(),
          payload.path(QdrantPoints.GENERATION).asLong(),
          payload.path(QdrantPoints.PASSAGES).asInt(),
          1,
          false);
    }

    Seen and(Seen other) {
      return new Seen(
          version,
          generation,
          expected,
          count + other.count,
          torn || other.torn || generation != other.generation);
    }

    /** A commit that was cut off leaves a document torn: it has no version, and is put again. */
    StoredDocument stored() {
      return new StoredDocument(torn || count != expected ? "" : version, count);
    }
  }

  @Override
  public void put(NewDocument document) {
    check(document);
    generation++;
    if (document.passages().isEmpty()) {
      changes.put(document.source(), Optional.empty());
      return;
    }
    changes.put(document.source(), Optional.of(generation));
    List<ObjectNode> batch = new ArrayList<>();
    int text = 0;
    for (EmbeddedPassage embedded : document.passages()) {
      batch.add(QdrantPoints.point(document, embedded, generation, tools.weights()));
      text += embedded.passage().text().length();
      if (batch.size() == BATCH || text > BATCH_TEXT) {
        send(batch);
        batch.clear();
        text = 0;
      }
    }
    send(batch);
  }

  private void check(NewDocument document) {
    for (EmbeddedPassage embedded : document.passages()) {
      if (!embedded.passage().collection().equals(name)
          || !embedded.passage().source().equals(document.source())) {
        throw new IllegalArgumentException(
            "passage " + embedded.passage().id() + " belongs to another collection or document");
      }
      if (embedded.vector().length != tools.dimensions()) {
        throw new IllegalArgumentException(
            "vector: must have "
                + tools.dimensions()
                + " dimensions, has "
                + embedded.vector().length);
      }
    }
  }

  private void send(List<ObjectNode> batch) {
    if (!batch.isEmpty()) {
      ObjectNode body = NODES.objectNode();
      body.putArray("points").addAll(batch);
      QdrantCollection collection = tools.collection();
      collection.need(tools.client().put(collection.path("/points?wait=true"), body, deadline()));
    }
  }

  @Override
  public void delete(String source) {
    changes.put(source, Optional.empty());
  }

  @Override
  public void commit() {
    if (changes.isEmpty()) {
      return;
    }
    // A writer that was silent for too long must not undo what another did meanwhile.
    lease.renew(deadline());
    List<String> sources = List.copyOf(changes.keySet());
    for (int from = 0; from < sources.size(); from += DOCUMENTS_PER_REQUEST) {
      int to = Math.min(from + DOCUMENTS_PER_REQUEST, sources.size());
      commit(sources.subList(from, to));
    }
    changes.clear();
  }

  private void commit(List<String> sources) {
    List<Long> generations =
        sources.stream()
            .flatMap(source -> changes.getOrDefault(source, Optional.empty()).stream())
            .toList();
    ObjectNode body = NODES.objectNode();
    ArrayNode operations = body.putArray("operations");
    ObjectNode old = NODES.objectNode();
    old.putArray("must").add(QdrantPoints.isOneOf(QdrantPoints.SOURCE, sources));
    if (!generations.isEmpty()) {
      ObjectNode show = operations.addObject().putObject("set_payload");
      show.putObject("payload").put(QdrantPoints.LIVE, true);
      show.putObject("filter")
          .putArray("must")
          .add(QdrantPoints.isOneOf(QdrantPoints.GENERATION, generations));
      old.putArray("must_not").add(QdrantPoints.isOneOf(QdrantPoints.GENERATION, generations));
    }
    operations.addObject().putObject("delete").set("filter", old);
    post("/points/batch?wait=true", body);
  }

  @Override
  public void close() {
    if (!open) {
      return;
    }
    open = false;
    // Ctrl-C interrupts this thread; the server should hear of the end all the same.
    boolean interrupted = Thread.interrupted();
    try {
      Deadline soon = Deadline.in(TIDY);
      if (lease.isMine(soon)) {
        if (!changes.isEmpty()) {
          dropUncommitted(soon);
        }
        lease.release(soon);
      }
    } catch (Failure untidy) {
      // Nothing is lost: the next writer deletes what is left, once the lease is over.
      LOG.info("Left {} as it was: {}", tools.collection().name(), untidy.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void dropUncommitted(Deadline deadline) {
    ObjectNode waiting = NODES.objectNode();
    waiting
        .putArray("must")
        .addObject()
        .put("key", QdrantPoints.LIVE)
        .putObject("match")
        .put("value", false);
    tools.collection().delete(waiting, deadline);
  }

  private JsonNode post(String rest, JsonNode body) {
    QdrantCollection collection = tools.collection();
    return collection.need(tools.client().post(collection.path(rest), body, deadline()));
  }

  private Deadline deadline() {
    return Deadline.in(tools.budget());
  }
}
