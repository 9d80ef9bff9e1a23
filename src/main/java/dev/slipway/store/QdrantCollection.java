package dev.slipway.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.endpoint.Deadline;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.VectorSpace;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One collection of Qdrant: its name there, its making, and whose vectors it holds. That is kept in
 * a point of its own, {@link #IDENTITY}, which has no vector and is never found by a search.
 */
final class QdrantCollection {

  /** The id of the point that says whose vectors these are. Passages have UUIDs. */
  static final int IDENTITY = 0;

  /** The id of the point that says who writes. */
  static final int LEASE = 1;

  /** Changes whenever older collections can't be read as they are. */
  private static final String FORMAT = "1";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final QdrantClient client;
  private final QdrantFailures failures;
  private final PassagePlace.Qdrant place;
  private final VectorSpace space;
  private final String name;

  QdrantCollection(
      QdrantClient client,
      QdrantFailures failures,
      PassagePlace.Qdrant place,
      VectorSpace space,
      String collection) {
    this.client = client;
    this.failures = failures;
    this.place = place;
    this.space = space;
    this.name = place.prefix() + collection;
  }

  String name() {
    return name;
  }

  /** Returns the path of something of this collection, or of itself. */
  String path(String rest) {
    return "/collections/" + URLEncoder.encode(name, StandardCharsets.UTF_8) + rest;
  }

  /** Returns what a request got; a failure where it was refused or the collection is gone. */
  JsonNode need(QdrantClient.Reply reply) {
    if (reply.ok()) {
      return reply.result();
    }
    if (reply.missing()) {
      throw failures.gone(name);
    }
    throw refused(reply);
  }

  /** Returns the failure that a refusal means. */
  RuntimeException refused(QdrantClient.Reply reply) {
    if (reply.error().contains("dimension error")) {
      return failures.otherEmbedder(name, "another length", space);
    }
    return failures.refused(reply.status(), reply.error());
  }

  /** Makes the collection and its indexes where they are missing, and checks whose it is. */
  void prepare(Deadline deadline) {
    QdrantClient.Reply found = client.get(path(""), deadline);
    if (found.missing()) {
      create(deadline);
      found = client.get(path(""), deadline);
    }
    JsonNode info = need(found);
    JsonNode vectors = info.path("config").path("params").path("vectors").path(QdrantPoints.DENSE);
    if (vectors.isMissingNode()) {
      throw failures.notOurs(name, "it was not made by Slipway");
    }
    if (vectors.path("size").asInt() != space.dimensions()) {
      throw failures.otherEmbedder(
          name, "another embedder (" + vectors.path("size").asInt() + " dimensions)", space);
    }
    identify(deadline);
    JsonNode indexed = info.path("payload_schema");
    for (Map.Entry<String, JsonNode> index : indexes().entrySet()) {
      if (!indexed.has(index.getKey())) {
        ObjectNode body = NODES.objectNode().put("field_name", index.getKey());
        body.set("field_schema", index.getValue());
        need(client.put(path("/index?wait=true"), body, deadline));
      }
    }
  }

  private void create(Deadline deadline) {
    ObjectNode body = NODES.objectNode();
    body.putObject("vectors")
        .putObject(QdrantPoints.DENSE)
        .put("size", space.dimensions())
        .put("distance", "Cosine");
    body.putObject("sparse_vectors").putObject(QdrantPoints.WORDS).put("modifier", "idf");
    QdrantClient.Reply reply = client.put(path(""), body, deadline);
    // Another run may have made it since; a repeated request may have been heard twice.
    if (!reply.ok() && reply.status() != 409 && !reply.error().contains("already exists")) {
      throw refused(reply);
    }
  }

  private Map<String, JsonNode> indexes() {
    Map<String, JsonNode> indexes = new LinkedHashMap<>();
    indexes.put(QdrantPoints.LIVE, NODES.textNode("bool"));
    indexes.put(QdrantPoints.GENERATION, NODES.textNode("integer"));
    indexes.put(QdrantPoints.SOURCE, NODES.textNode("keyword"));
    indexes.put(QdrantPoints.TITLE, NODES.textNode("keyword"));
    place
        .filterFields()
        .forEach(field -> indexes.put(QdrantPoints.path(field), NODES.textNode("keyword")));
    place
        .tenantField()
        .ifPresent(
            field ->
                indexes.put(
                    QdrantPoints.path(field),
                    NODES.objectNode().put("type", "keyword").put("is_tenant", true)));
    return indexes;
  }

  private void identify(Deadline deadline) {
    JsonNode stored = read(IDENTITY, deadline);
    if (!stored.isMissingNode()) {
      check(stored);
      return;
    }
    JsonNode first =
        need(client.post(path("/points/scroll"), NODES.objectNode().put("limit", 1), deadline));
    if (!first.path("points").isEmpty()) {
      throw failures.notOurs(name, "it holds points that are not Slipway's");
    }
    write(
        IDENTITY,
        NODES
            .objectNode()
            .put("format", FORMAT)
            .put("embedder", space.embedder())
            .put("dimensions", space.dimensions()),
        deadline);
  }

  /** Refuses a collection that is not Slipway's, or whose vectors are another embedder's. */
  void check(JsonNode identity) {
    if (!identity.path("format").asText().equals(FORMAT)) {
      throw failures.notOurs(name, "it is not in the format that this version writes");
    }
    String embedder = identity.path("embedder").asText();
    int dimensions = identity.path("dimensions").asInt();
    if (!embedder.equals(space.embedder()) || dimensions != space.dimensions()) {
      throw failures.otherEmbedder(name, new Found(embedder, dimensions).toString(), space);
    }
  }

  private record Found(String embedder, int dimensions) {
    @Override
    public String toString() {
      return embedder + " (" + dimensions + " dimensions)";
    }
  }

  /** Returns what a point of this class's own says; missing if there is none. */
  JsonNode read(int id, Deadline deadline) {
    ObjectNode body = NODES.objectNode().put("with_payload", true);
    body.putArray("ids").add(id);
    return need(client.post(path("/points"), body, deadline)).path(0).path("payload");
  }

  /** Writes a point of this class's own; it is not live, and so never found. */
  void write(int id, ObjectNode payload, Deadline deadline) {
    ObjectNode body = NODES.objectNode();
    ObjectNode point = body.putArray("points").addObject().put("id", id);
    point.putObject("vector");
    point.set("payload", payload);
    need(client.put(path("/points?wait=true"), body, deadline));
  }

  /** Deletes points that meet the conditions. */
  void delete(ObjectNode conditions, Deadline deadline) {
    ObjectNode body = NODES.objectNode();
    body.set("filter", conditions);
    need(client.post(path("/points/delete?wait=true"), body, deadline));
  }

  /** Deletes a point of this class's own. */
  void delete(int id, Deadline deadline) {
    ObjectNode body = NODES.objectNode();
    ArrayNode points = body.putArray("points");
    points.add(id);
    need(client.post(path("/points/delete?wait=true"), body, deadline));
  }
}
