package dev.slipway.store;

import static dev.slipway.store.QdrantStandIn.only;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.store.QdrantStandIn.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** One collection of {@link QdrantStandIn}: points, searches by vector, by words, by filter. */
final class QdrantStandInCollection {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final JsonNode params;
  private final ObjectNode indexes = NODES.objectNode();
  private final Map<String, Point> points = new TreeMap<>();

  private record Point(JsonNode id, JsonNode vector, ObjectNode payload) {}

  private record Scored(Point point, double score) {}

  private QdrantStandInCollection(JsonNode params) {
    this.params = params;
  }

  static QdrantStandInCollection create(JsonNode body) {
    only(body, "vectors", "sparse_vectors");
    for (JsonNode vector : body.path("vectors")) {
      only(vector, "size", "distance");
      require(vector.path("size").isInt() && vector.path("distance").asText().equals("Cosine"));
    }
    for (JsonNode vector : body.path("sparse_vectors")) {
      only(vector, "modifier");
      require(vector.path("modifier").asText().equals("idf"));
    }
    return new QdrantStandInCollection(body);
  }

  ObjectNode info() {
    ObjectNode info = NODES.objectNode().put("status", "green").put("points_count", points.size());
    info.putObject("config").set("params", params);
    info.set("payload_schema", indexes);
    return info;
  }

  JsonNode index(JsonNode body) {
    only(body, "field_name", "field_schema");
    JsonNode schema = body.path("field_schema");
    if (schema.isObject()) {
      only(schema, "type", "is_tenant");
      require(schema.path("is_tenant").isBoolean() && schema.path("type").isTextual());
    }
    String type = schema.isObject() ? schema.path("type").asText() : schema.asText();
    require(Set.of("keyword", "integer", "bool").contains(type));
    keys(body.path("field_name").asText());
    ObjectNode index = indexes.putObject(body.path("field_name").asText());
    index.put("data_type", type).put("points", points.size());
    if (schema.isObject()) {
      index.set("params", schema);
    }
    return completed();
  }

  JsonNode upsert(JsonNode body) {
    only(body, "points");
    require(body.path("points").isArray());
    for (JsonNode point : body.path("points")) {
      only(point, "id", "vector", "payload");
      JsonNode vector = point.path("vector");
      only(vector, "dense", "words");
      if (vector.has("dense")) {
        checkDense(vector.path("dense"));
      }
      if (vector.has("words")) {
        checkSparse(vector.path("words"));
      }
      require(point.path("payload").isObject());
    }
    for (JsonNode point : body.path("points")) {
      points.put(
          id(point.path("id")),
          new Point(point.path("id"), point.path("vector"), point.path("payload").deepCopy()));
    }
    return completed();
  }

  private void checkDense(JsonNode dense) {
    int size = params.path("vectors").path("dense").path("size").asInt();
    if (dense.size() != size) {
      throw new Refusal(
          400,
          "Wrong input: Vector dimension error: expected dim: " + size + ", got " + dense.size());
    }
    dense.forEach(component -> require(component.isNumber()));
  }

  private static void checkSparse(JsonNode sparse) {
    only(sparse, "indices", "values");
    Set<Long> unique = new HashSet<>();
    for (JsonNode index : sparse.path("indices")) {
      require(index.isIntegralNumber() && index.asLong() >= 0 && index.asLong() < 1L << 32);
      require(unique.add(index.asLong()));
    }
    require(!unique.isEmpty() && unique.size() == sparse.path("values").size());
  }

  JsonNode retrieve(JsonNode body) {
    only(body, "ids", "with_payload");
    ArrayNode found = NODES.arrayNode();
    for (JsonNode id : body.path("ids")) {
      Point point = points.get(id(id));
      if (point != null) {
        found.add(shown(point, body.path("with_payload")));
      }
    }
    return found;
  }

  JsonNode delete(JsonNode body) {
    only(body, "points", "filter");
    if (body.has("filter")) {
      Predicate<Point> filter = filter(body.path("filter"));
      points.values().removeIf(filter);
    } else {
      body.path("points").forEach(id -> points.remove(id(id)));
    }
    return completed();
  }

  JsonNode setPayload(JsonNode body) {
    only(body, "payload", "filter");
    Predicate<Point> filter = filter(body.path("filter"));
    ObjectNode payload = (ObjectNode) body.path("payload");
    points.values().stream().filter(filter).forEach(point -> point.payload().setAll(payload));
    return completed();
  }

  JsonNode scroll(JsonNode body) {
    only(body, "filter", "limit", "offset", "with_payload", "with_vector");
    Predicate<Point> filter = body.has("filter") ? filter(body.path("filter")) : _ -> true;
    String offset = body.has("offset") ? id(body.path("offset")) : "";
    ObjectNode page = NODES.objectNode();
    ArrayNode shown = page.putArray("points");
    page.putNull("next_page_offset");
    for (Map.Entry<String, Point> point : points.entrySet()) {
      if (point.getKey().compareTo(offset) < 0 || !filter.test(point.getValue())) {
        continue;
      }
      if (shown.size() == body.path("limit").asInt(10)) {
        page.set("next_page_offset", point.getValue().id());
        break;
      }
      shown.add(shown(point.getValue(), body.path("with_payload")));
    }
    return page;
  }

  JsonNode query(JsonNode body) {
    only(body, "query", "using", "filter", "limit", "with_payload");
    Predicate<Point> filter = body.has("filter") ? filter(body.path("filter")) : _ -> true;
    List<Point> candidates = points.values().stream().filter(filter).toList();
    List<Scored> scored =
        switch (body.path("using").asText()) {
          case "dense" -> byDense(candidates, body.path("query"));
          case "words" -> byWords(candidates, body.path("query"));
          case "" -> candidates.stream().map(point -> new Scored(point, 0)).toList();
          default -> throw new Refusal(400, "Wrong input: Not existing vector name error");
        };
    ObjectNode result = NODES.objectNode();
    ArrayNode shown = result.putArray("points");
    scored.stream()
        .sorted(Comparator.comparingDouble(Scored::score).reversed())
        .limit(body.path("limit").asInt(10))
        .forEach(
            hit ->
                shown.add(
                    shown(hit.point(), body.path("with_payload"))
                        .put("version", 1)
                        .put("score", hit.score())));
    return result;
  }

  JsonNode facet(JsonNode body) {
    only(body, "key", "limit", "filter", "exact");
    String key = body.path("key").asText();
    if (!indexes.path(key).path("data_type").asText().equals("keyword")) {
      throw new Refusal(400, "Bad request: No appropriate index for faceting: `" + key + "`");
    }
    Map<String, Integer> counts = new TreeMap<>();
    points.values().stream()
        .filter(filter(body.path("filter")))
        .map(point -> at(point, keys(key)))
        .filter(JsonNode::isTextual)
        .forEach(value -> counts.merge(value.asText(), 1, Integer::sum));
    ObjectNode result = NODES.objectNode();
    ArrayNode hits = result.putArray("hits");
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(body.path("limit").asInt(10))
        .forEach(hit -> hits.addObject().put("value", hit.getKey()).put("count", hit.getValue()));
    return result;
  }

  private static JsonNode at(Point point, List<String> keys) {
    JsonNode at = point.payload();
    for (String key : keys) {
      at = at.path(key);
    }
    return at;
  }

  private List<Scored> byDense(List<Point> candidates, JsonNode query) {
    checkDense(query);
    List<Scored> scored = new ArrayList<>();
    for (Point point : candidates) {
      JsonNode vector = point.vector().path("dense");
      if (vector.isArray()) {
        double product = dot(vector, query);
        double length = Math.sqrt(dot(vector, vector) * dot(query, query));
        scored.add(new Scored(point, length == 0 ? 0 : product / length));
      }
    }
    return scored;
  }

  private static double dot(JsonNode a, JsonNode b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      sum += a.path(i).asDouble() * b.path(i).asDouble();
    }
    return sum;
  }

  /** Counts a word's rarity over the whole collection, whatever the filter, as Qdrant does. */
  private List<Scored> byWords(List<Point> candidates, JsonNode query) {
    checkSparse(query);
    Map<Long, Integer> having = new HashMap<>();
    int all = 0;
    for (Point point : points.values()) {
      if (point.vector().has("words")) {
        all++;
        point
            .vector()
            .path("words")
            .path("indices")
            .forEach(index -> having.merge(index.asLong(), 1, Integer::sum));
      }
    }
    List<Scored> scored = new ArrayList<>();
    for (Point point : candidates) {
      Map<Long, Double> weights = weights(point.vector().path("words"));
      double sum = 0;
      boolean shares = false;
      for (Map.Entry<Long, Double> word : weights(query).entrySet()) {
        Double weight = weights.get(word.getKey());
        if (weight != null) {
          int n = having.getOrDefault(word.getKey(), 0);
          sum += weight * word.getValue() * Math.log((all - n + 0.5) / (n + 0.5) + 1);
          shares = true;
        }
      }
      if (shares) {
        scored.add(new Scored(point, sum));
      }
    }
    return scored;
  }

  private static Map<Long, Double> weights(JsonNode sparse) {
    Map<Long, Double> weights = new HashMap<>();
    for (int i = 0; i < sparse.path("indices").size(); i++) {
      weights.put(
          sparse.path("indices").path(i).asLong(), sparse.path("values").path(i).asDouble());
    }
    return weights;
  }

  private static Predicate<Point> filter(JsonNode filter) {
    only(filter, "must", "must_not");
    List<Predicate<Point>> all = new ArrayList<>();
    filter.path("must").forEach(condition -> all.add(condition(condition)));
    filter.path("must_not").forEach(condition -> all.add(condition(condition).negate()));
    return point -> all.stream().allMatch(each -> each.test(point));
  }

  private static Predicate<Point> condition(JsonNode condition) {
    only(condition, "key", "match", "has_id");
    if (condition.has("has_id")) {
      Set<String> ids = new HashSet<>();
      condition.path("has_id").forEach(id -> ids.add(id(id)));
      return point -> ids.contains(id(point.id()));
    }
    JsonNode match = condition.path("match");
    only(match, "value", "any");
    require(match.size() == 1);
    Set<JsonNode> values = new HashSet<>();
    if (match.has("value")) {
      values.add(comparable(match.path("value")));
    } else {
      match.path("any").forEach(value -> values.add(comparable(value)));
    }
    List<String> keys = keys(condition.path("key").asText());
    return point -> values.contains(comparable(at(point, keys)));
  }

  /** Takes whole numbers of any width as one kind. */
  private static JsonNode comparable(JsonNode value) {
    return value.isIntegralNumber() ? NODES.numberNode(value.asLong()) : value;
  }

  /** Reads a path of Qdrant's: keys of letters, digits, _ and -, or quoted with no escapes. */
  private static List<String> keys(String path) {
    List<String> keys = new ArrayList<>();
    var key = java.util.regex.Pattern.compile("(?:^|\\.)(?:([\\p{L}\\p{N}_-]+)|\"([^\"\\\\]*)\")");
    var matcher = key.matcher(path);
    int end = 0;
    while (end < path.length() && matcher.find(end) && matcher.start() == end) {
      keys.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
      end = matcher.end();
    }
    require(end == path.length() && !keys.isEmpty());
    return keys;
  }

  private static ObjectNode shown(Point point, JsonNode wanted) {
    ObjectNode shown = NODES.objectNode();
    shown.set("id", point.id());
    ObjectNode payload = shown.putObject("payload");
    if (wanted.isArray()) {
      wanted.forEach(
          field -> {
            if (point.payload().has(field.asText())) {
              payload.set(field.asText(), point.payload().get(field.asText()));
            }
          });
    } else if (wanted.asBoolean()) {
      payload.setAll(point.payload().deepCopy());
    }
    return shown;
  }

  private static String id(JsonNode id) {
    require(
        id.isTextual()
            ? id.asText().matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
            : id.isIntegralNumber() && id.asLong() >= 0);
    return id.isTextual() ? id.asText() : "#" + id.asText();
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new Refusal(400, "Format error in JSON body: data did not match");
    }
  }

  private static ObjectNode completed() {
    return NODES.objectNode().put("operation_id", 1).put("status", "completed");
  }
}
