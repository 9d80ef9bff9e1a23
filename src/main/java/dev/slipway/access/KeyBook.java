package dev.slipway.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of one service, as JSON: {@code {"version":1,"keys":[{"id","name","hash","scopes",
 * "tenant","created","expires"}]}}. Immutable.
 *
 * @param keys in the order in which they were made
 */
public record KeyBook(List<KeyRecord> keys) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VERSION = 1;

  /** Copies the list. */
  public KeyBook {
    keys = List.copyOf(keys);
  }

  /** Returns the book without keys. */
  public static KeyBook empty() {
    return new KeyBook(List.of());
  }

  /** Returns this with one more key. */
  public KeyBook with(KeyRecord key) {
    List<KeyRecord> more = new ArrayList<>(keys);
    more.add(key);
    return new KeyBook(more);
  }

  /** Returns this without a key. */
  public KeyBook without(String id) {
    return new KeyBook(keys.stream().filter(key -> !key.id().equals(id)).toList());
  }

  /** Returns the key of an id, absent if there is none. */
  public Optional<KeyRecord> find(String id) {
    return keys.stream().filter(key -> key.id().equals(id)).findFirst();
  }

  /** Writes it. */
  public String json() {
    ObjectNode book = JSON.createObjectNode().put("version", VERSION);
    ArrayNode list = book.putArray("keys");
    for (KeyRecord key : keys) {
      ObjectNode node = list.addObject();
      node.put("id", key.id()).put("name", key.name()).put("hash", key.hash());
      ArrayNode scopes = node.putArray("scopes");
      key.scopes().stream().sorted().forEach(scope -> scopes.add(scope.word()));
      key.tenant().ifPresent(tenant -> node.put("tenant", tenant));
      node.put("created", key.created().toString());
      key.expires().ifPresent(expires -> node.put("expires", expires.toString()));
    }
    return book.toPrettyString() + "\n";
  }

  /**
   * Reads it; what a later version added is passed over.
   *
   * @throws IllegalArgumentException if it is no such book; the message quotes nothing of it
   */
  public static KeyBook parse(String json) {
    JsonNode book;
    try {
      book = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      // The cause quotes the text, which may be anything that someone put there.
      throw new IllegalArgumentException("it is no JSON");
    }
    if (book.path("version").asInt() != VERSION || !book.path("keys").isArray()) {
      throw new IllegalArgumentException("it is no list of API keys, version " + VERSION);
    }
    List<KeyRecord> keys = new ArrayList<>();
    for (JsonNode node : book.path("keys")) {
      keys.add(key(node));
    }
    return new KeyBook(keys);
  }

  private static KeyRecord key(JsonNode node) {
    Set<Scope> scopes = new LinkedHashSet<>();
    for (JsonNode word : node.path("scopes")) {
      // A scope that this version doesn't know grants nothing here.
      Scope.of(word.asText()).ifPresent(scopes::add);
    }
    try {
      return new KeyRecord(
          node.path("id").asText(),
          node.path("name").asText(),
          node.path("hash").asText(),
          scopes,
          text(node, "tenant"),
          Instant.parse(node.path("created").asText()),
          text(node, "expires").map(Instant::parse));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("a key has no moment where one belongs");
    }
  }

  private static Optional<String> text(JsonNode node, String name) {
    return node.path(name).isTextual() ? Optional.of(node.path(name).asText()) : Optional.empty();
  }
}
