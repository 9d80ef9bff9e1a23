package dev.slipway.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.rag.Passage;
import dev.slipway.rag.index.PassageWriter.EmbeddedPassage;
import dev.slipway.rag.index.PassageWriter.NewDocument;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;

/** Maps passages and filters to Qdrant's points and conditions, and back. */
final class QdrantPoints {

  /** The vector of a passage's meaning. */
  static final String DENSE = "dense";

  /** The sparse vector of its words. */
  static final String WORDS = "words";

  static final String SOURCE = "source";
  static final String TITLE = "title";
  static final String VERSION = "version";
  static final String PASSAGES = "passages";

  /** Grows with each document put; what is put together shares it. */
  static final String GENERATION = "generation";

  /** Whether the point is committed: searches see only those. */
  static final String LIVE = "live";

  private static final String ID = "id";
  private static final String POSITION = "position";
  private static final String TEXT = "text";
  private static final String METADATA = "metadata";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private QdrantPoints() {}

  /** Makes a passage's point, not yet live. */
  static ObjectNode point(
      NewDocument document, EmbeddedPassage embedded, long generation, WordWeights weights) {
    Passage passage = embedded.passage();
    ObjectNode point = NODES.objectNode();
    point.put(ID, id(passage.id(), generation));
    ObjectNode vectors = point.putObject("vector");
    vectors.set(DENSE, dense(embedded.vector()));
    SortedMap<Long, Double> words = weights.passage(passage.title(), passage.text());
    if (!words.isEmpty()) {
      vectors.set(WORDS, sparse(words));
    }
    ObjectNode payload = point.putObject("payload");
    payload.put(ID, passage.id());
    payload.put(SOURCE, passage.source());
    payload.put(TITLE, passage.title());
    payload.put(POSITION, passage.position());
    payload.put(TEXT, passage.text());
    ObjectNode metadata = payload.putObject(METADATA);
    passage.metadata().forEach((name, value) -> metadata.put(encoded(name), value));
    payload.put(VERSION, document.version());
    payload.put(PASSAGES, document.passages().size());
    payload.put(GENERATION, generation);
    payload.put(LIVE, false);
    return point;
  }

  /** Reads a passage back. */
  static Passage passage(String collection, JsonNode payload) {
    Map<String, String> metadata = new HashMap<>();
    payload
        .path(METADATA)
        .properties()
        .forEach(field -> metadata.put(decoded(field.getKey()), field.getValue().asText()));
    return new Passage(
        payload.path(ID).asText(),
        collection,
        payload.path(SOURCE).asText(),
        payload.path(TITLE).asText(),
        payload.path(POSITION).asInt(),
        payload.path(TEXT).asText(),
        metadata);
  }

  /** Two states of a passage are two points, so that one can wait beside the other. */
  private static String id(String passage, long generation) {
    byte[] name = (passage + '\0' + generation).getBytes(StandardCharsets.UTF_8);
    return UUID.nameUUIDFromBytes(name).toString();
  }

  static ArrayNode dense(float[] vector) {
    ArrayNode array = NODES.arrayNode(vector.length);
    for (float component : UnitVector.of(vector)) {
      array.add(component);
    }
    return array;
  }

  static ObjectNode sparse(SortedMap<Long, Double> weights) {
    ObjectNode sparse = NODES.objectNode();
    ArrayNode indices = sparse.putArray("indices");
    ArrayNode values = sparse.putArray("values");
    weights.forEach(
        (index, value) -> {
          indices.add(index);
          values.add(value);
        });
    return sparse;
  }

  /**
   * Returns the condition that passages meet that are committed and have all of these values, and
   * one of each of those.
   */
  static ObjectNode liveWith(Map<String, String> filter, Map<String, Set<String>> anyOf) {
    ObjectNode conditions = NODES.objectNode();
    ArrayNode must = conditions.putArray("must");
    must.addObject().put("key", LIVE).putObject("match").put("value", true);
    filter.forEach(
        (field, value) ->
            must.addObject().put("key", path(field)).putObject("match").put("value", value));
    anyOf.forEach((field, values) -> must.add(isOneOf(path(field), values)));
    return conditions;
  }

  /** Returns the condition of one field, as one of {@code must} or {@code must_not}. */
  static ObjectNode isOneOf(String key, Collection<?> values) {
    ObjectNode condition = NODES.objectNode().put("key", key);
    ArrayNode any = condition.putObject("match").putArray("any");
    values.forEach(any::addPOJO);
    return condition;
  }

  /** Returns where a point has a field that a filter may name. */
  static String path(String field) {
    if (field.equals(SOURCE) || field.equals(TITLE)) {
      return field;
    }
    String name = encoded(field);
    return METADATA + '.' + (name.matches("[A-Za-z0-9_-]+") ? name : '"' + name + '"');
  }

  /** Quoted keys of Qdrant's paths have no escapes, so that two characters can't be in them. */
  private static String encoded(String name) {
    return name.isEmpty()
        ? "%"
        : name.replace("%", "%25").replace("\"", "%22").replace("\\", "%5C");
  }

  private static String decoded(String name) {
    return name.equals("%")
        ? ""
        : name.replace("%22", "\"").replace("%5C", "\\").replace("%25", "%");
  }
}
