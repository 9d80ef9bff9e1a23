package dev.slipway.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/**
 * Plays a Qdrant server on loopback, written from its published REST API: the requests that this
 * project makes, and no others. It is stricter than Qdrant: a field or a request that it does not
 * know is refused, so that a slip in a name can't pass for a default.
 */
public final class QdrantStandIn implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String key;
  private final boolean secure;
  private final Map<String, QdrantStandInCollection> collections = new TreeMap<>();
  private final Deque<Mishap> mishaps = new ConcurrentLinkedDeque<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Consumer<String> watcher = _ -> {};

  /**
   * Something that goes wrong with one request.
   *
   * @param status what is answered
   * @param headers what else is said
   */
  record Mishap(int status, Map<String, String> headers, String body) {
    static Mishap of(int status) {
      return new Mishap(status, Map.of(), "{\"status\":{\"error\":\"not now\"},\"time\":0.0}");
    }
  }

  /** What Qdrant says of a request that it refuses. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refusal(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  QdrantStandIn(String key) {
    this(key, Optional.empty());
  }

  /**
   * Starts one.
   *
   * @param key that it asks for
   * @param tls what it serves HTTPS by; absent for HTTP
   */
  public QdrantStandIn(String key, Optional<SSLContext> tls) {
    this.key = key;
    this.secure = tls.isPresent();
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      if (tls.isPresent()) {
        HttpsServer https = HttpsServer.create(address, 0);
        https.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
        server = https;
      } else {
        server = HttpServer.create(address, 0);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Returns its address. */
  public URI url() {
    return URI.create(
        (secure ? "https" : "http") + "://localhost:" + server.getAddress().getPort());
  }

  /** Lets the next request, and after it each next one, go wrong. */
  void mishaps(Mishap... coming) {
    mishaps.addAll(List.of(coming));
  }

  /** Calls before each request is answered, with its method and path. */
  public void watch(Consumer<String> watcher) {
    this.watcher = watcher;
  }

  /** Returns the requests so far, as method and path. */
  List<String> requests() {
    return requests;
  }

  /** Returns the collections by name. */
  public synchronized Set<String> names() {
    return Set.copyOf(collections.keySet());
  }

  /** Returns a collection, to be looked at. */
  synchronized QdrantStandInCollection collection(String name) {
    QdrantStandInCollection found = collections.get(name);
    if (found == null) {
      throw new Refusal(404, "Not found: Collection `" + name + "` doesn't exist!");
    }
    return found;
  }

  /** Deletes a collection, as someone else might. */
  synchronized void drop(String name) {
    collections.remove(name);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
      byte[] sent = exchange.getRequestBody().readAllBytes();
      requests.add(request);
      watcher.accept(request);
      Mishap mishap = mishaps.poll();
      if (mishap != null) {
        mishap.headers().forEach(exchange.getResponseHeaders()::set);
        answer(exchange, mishap.status(), mishap.body());
      } else if (!key.equals(exchange.getRequestHeaders().getFirst("api-key"))) {
        answer(exchange, 401, "Must provide an API key or an Authorization bearer token");
      } else {
        answer(exchange, sent);
      }
    }
  }

  private void answer(HttpExchange exchange, byte[] sent) throws IOException {
    ObjectNode reply = JSON.createObjectNode();
    int status = 200;
    try {
      JsonNode result = result(exchange, sent);
      reply.set("result", result);
      reply.put("status", "ok");
    } catch (Refusal refusal) {
      status = refusal.status;
      reply.putObject("status").put("error", refusal.getMessage());
    }
    answer(exchange, status, reply.put("time", 0.001).toString());
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private synchronized JsonNode result(HttpExchange exchange, byte[] sent) {
    String method = exchange.getRequestMethod();
    String[] path = exchange.getRequestURI().getPath().split("/", 4);
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    if (path.length < 3 || !path[1].equals("collections") || !query.matches("null|wait=true")) {
      throw new Refusal(404, "no such route");
    }
    String name = path[2];
    String route = method + (path.length == 4 ? " " + path[3] : "");
    JsonNode body = sent.length == 0 ? JSON.missingNode() : parse(sent);
    if (route.equals("PUT")) {
      if (collections.containsKey(name)) {
        throw new Refusal(409, "Wrong input: Collection `" + name + "` already exists!");
      }
      collections.put(name, QdrantStandInCollection.create(body));
      return JSON.getNodeFactory().booleanNode(true);
    }
    QdrantStandInCollection collection = collection(name);
    return switch (route) {
      case "GET" -> collection.info();
      case "PUT index" -> collection.index(body);
      case "PUT points" -> collection.upsert(body);
      case "POST points" -> collection.retrieve(body);
      case "POST points/delete" -> collection.delete(body);
      case "POST points/scroll" -> collection.scroll(body);
      case "POST points/batch" -> batch(collection, body);
      case "POST facet" -> collection.facet(body);
      case "POST points/query/batch" -> queries(collection, body);
      default -> throw new Refusal(404, "no such route");
    };
  }

  private static JsonNode batch(QdrantStandInCollection collection, JsonNode body) {
    only(body, "operations");
    ArrayNode results = JSON.createArrayNode();
    for (JsonNode operation : body.path("operations")) {
      only(operation, "set_payload", "delete");
      if (operation.size() != 1) {
        throw new Refusal(400, "Format error in JSON body: one operation each");
      }
      results.add(
          operation.has("delete")
              ? collection.delete(operation.path("delete"))
              : collection.setPayload(operation.path("set_payload")));
    }
    return results;
  }

  private static JsonNode queries(QdrantStandInCollection collection, JsonNode body) {
    only(body, "searches");
    ArrayNode results = JSON.createArrayNode();
    for (JsonNode search : body.path("searches")) {
      results.add(collection.query(search));
    }
    return results;
  }

  /** Refuses what is no object, or has other fields than these. */
  static void only(JsonNode object, String... fields) {
    if (!object.isObject()) {
      throw new Refusal(400, "Format error in JSON body: expected an object");
    }
    object
        .fieldNames()
        .forEachRemaining(
            field -> {
              if (!Set.of(fields).contains(field)) {
                throw new Refusal(400, "Format error in JSON body: unknown field " + field);
              }
            });
  }

  private static JsonNode parse(byte[] sent) {
    try {
      return JSON.readTree(new String(sent, StandardCharsets.UTF_8));
    } catch (JsonProcessingException broken) {
      throw new Refusal(400, "Format error in JSON body: " + broken.getOriginalMessage());
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
