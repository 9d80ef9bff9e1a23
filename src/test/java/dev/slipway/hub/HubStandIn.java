package dev.slipway.hub;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands for the Hugging Face Hub: one server for its API and one for the host that large files lie
 * at, behind signed addresses. It fails on cue.
 */
public final class HubStandIn implements AutoCloseable {

  /** What a large file's host does wrong with its next answer. */
  public enum Fault {
    /** Ends the connection in the middle of the body. */
    RESET,
    /** Says fewer bytes than were asked for, and sends so many. */
    SHORT,
    /** Sends other bytes. */
    WRONG_BYTES,
    /** Names another ETag. */
    OTHER_ETAG,
    /** Sends all of the file, whatever was asked for. */
    WHOLE,
    /** Says that the signature has expired. */
    EXPIRED,
    /** Fails. */
    BROKEN,
    /** Sends half of the body, then nothing until the server closes. */
    STALL
  }

  /** One request as it came. */
  public record Asked(
      String server, String method, String path, Optional<String> token, Optional<String> range) {}

  private record Stored(byte[] bytes, boolean large) {
    String etag() {
      return large ? sha256(bytes) : HubCache.gitBlob(bytes);
    }
  }

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServer api;
  private final HttpServer cdn;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, Map<String, Stored>> commits = new ConcurrentHashMap<>();
  private final Map<String, String> branches = new ConcurrentHashMap<>();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final Deque<Map<String, String>> limits = new ArrayDeque<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger signatures = new AtomicInteger();
  private volatile Optional<String> token = Optional.empty();
  private volatile Optional<String> refusal = Optional.empty();
  private volatile Runnable afterResolving = () -> {};
  private volatile int pageSize = 1000;

  /** Starts both servers on free ports of this machine. */
  public HubStandIn() {
    try {
      InetAddress here = InetAddress.getLoopbackAddress();
      api = HttpServer.create(new InetSocketAddress(here, 0), 0);
      cdn = HttpServer.create(new InetSocketAddress(here, 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    api.createContext("/", exchange -> answer("api", exchange, this::atTheApi));
    cdn.createContext("/", exchange -> answer("cdn", exchange, this::atTheCdn));
    api.setExecutor(threads);
    cdn.setExecutor(threads);
    api.start();
    cdn.start();
  }

  /** Returns the API's address, for {@code HF_ENDPOINT}. */
  public String endpoint() {
    return "http://127.0.0.1:" + api.getAddress().getPort();
  }

  /** Adds a file to a commit; large ones lie at the other host, as Git LFS has them. */
  public HubStandIn file(String commit, String path, byte[] bytes, boolean large) {
    commits.computeIfAbsent(commit, _ -> new TreeMap<>()).put(path, new Stored(bytes, large));
    return this;
  }

  /** Lets a branch name a commit. */
  public HubStandIn branch(String name, String commit) {
    branches.put(name, commit);
    return this;
  }

  /** Lets nobody in without this token. */
  public HubStandIn needing(String wanted) {
    token = Optional.of(wanted);
    return this;
  }

  /**
   * Refuses everyone the files with this code, and the whole repository if that is RepoNotFound.
   */
  public HubStandIn refusing(String errorCode) {
    refusal = Optional.of(errorCode);
    return this;
  }

  /** Fails at the next range requests, one fault each. */
  public HubStandIn failing(Fault... next) {
    synchronized (faults) {
      faults.addAll(Arrays.asList(next));
    }
    return this;
  }

  /** Answers the next request to the API with 429 and these headers. */
  public HubStandIn limiting(Map<String, String> headers) {
    synchronized (limits) {
      limits.add(headers);
    }
    return this;
  }

  /** Does something once the next revision has been resolved: a branch moves. */
  public HubStandIn afterResolving(Runnable move) {
    afterResolving = move;
    return this;
  }

  /** Lists so many files on a page. */
  public HubStandIn paging(int size) {
    pageSize = size;
    return this;
  }

  /** Returns every request so far. */
  public List<Asked> asked() {
    return asked;
  }

  /** Returns the requests for a file's bytes at the other host. */
  public List<Asked> ranges() {
    return asked.stream().filter(a -> a.server().equals("cdn")).toList();
  }

  @Override
  public void close() {
    closed.countDown();
    api.stop(0);
    cdn.stop(0);
    threads.shutdownNow();
  }

  private interface Handler {
    void handle(HttpExchange exchange, String path) throws IOException;
  }

  private void answer(String server, HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getRawPath();
      asked.add(
          new Asked(
              server,
              exchange.getRequestMethod(),
              path,
              header(exchange, "Authorization"),
              header(exchange, "Range")));
      handler.handle(exchange, path);
    }
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  private void atTheApi(HttpExchange exchange, String path) throws IOException {
    Map<String, String> limit;
    synchronized (limits) {
      limit = limits.poll();
    }
    if (limit != null) {
      limit.forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(429, -1);
      return;
    }
    Optional<String> given = header(exchange, "Authorization");
    boolean known = token.isEmpty() || given.equals(token.map(t -> "Bearer " + t));
    if (!known) {
      refuse(exchange, 401, given.isPresent() ? "" : "RepoNotFound");
      return;
    }
    String[] steps = path.split("/", -1);
    if (path.startsWith("/api/models/org/name/revision/")) {
      revision(exchange, decoded(steps[6]));
    } else if (path.startsWith("/api/models/org/name/tree/")) {
      tree(exchange, decoded(steps[6]));
    } else if (path.startsWith("/org/name/resolve/")) {
      String file = decoded(path.substring(path.indexOf('/', "/org/name/resolve/".length()) + 1));
      resolve(exchange, decoded(steps[4]), file);
    } else if (path.contains("/org/renamed/")) {
      exchange.getResponseHeaders().set("Location", path.replace("renamed", "name"));
      exchange.sendResponseHeaders(307, -1);
    } else {
      refuse(exchange, 404, "RepoNotFound");
    }
  }

  private void revision(HttpExchange exchange, String revision) throws IOException {
    if (refusal.equals(Optional.of("RepoNotFound"))) {
      refuse(exchange, 401, "RepoNotFound");
      return;
    }
    String commit = branches.getOrDefault(revision, revision);
    if (!commits.containsKey(commit)) {
      refuse(exchange, 404, "RevisionNotFound");
      return;
    }
    ObjectNode document = JSON.createObjectNode().put("id", "org/name").put("sha", commit);
    document.put("private", token.isPresent()).put("gated", refusal.isPresent() ? "auto" : "");
    json(exchange, JSON.writeValueAsBytes(document));
    afterResolving.run();
  }

  private void tree(HttpExchange exchange, String commit) throws IOException {
    if (!commits.containsKey(commit)) {
      refuse(exchange, 404, "RevisionNotFound");
      return;
    }
    var query = String.valueOf(exchange.getRequestURI().getRawQuery());
    int from = query.contains("cursor=") ? Integer.parseInt(query.replaceAll(".*cursor=", "")) : 0;
    var page = JSON.createArrayNode();
    var files = List.copyOf(commits.getOrDefault(commit, Map.of()).entrySet());
    for (var each : files.subList(from, Math.min(files.size(), from + pageSize))) {
      Stored stored = each.getValue();
      ObjectNode node = page.addObject().put("type", "file").put("path", each.getKey());
      node.put("size", stored.bytes().length).put("oid", HubCache.gitBlob(stored.bytes()));
      if (stored.large()) {
        node.putObject("lfs").put("oid", stored.etag()).put("size", stored.bytes().length);
      }
    }
    if (from == 0) {
      page.addObject().put("type", "directory").put("path", "folder").put("oid", "");
    }
    if (from + pageSize < files.size()) {
      String next = endpoint() + exchange.getRequestURI().getRawPath();
      String link = "<" + next + "?recursive=true&cursor=" + (from + pageSize) + ">; rel=\"next\"";
      exchange.getResponseHeaders().set("Link", link);
    }
    json(exchange, JSON.writeValueAsBytes(page));
  }

  private void resolve(HttpExchange exchange, String revision, String path) throws IOException {
    if (refusal.isPresent()) {
      refuse(exchange, 403, refusal.get());
      return;
    }
    String commit = branches.getOrDefault(revision, revision);
    Optional<Stored> found = Optional.ofNullable(commits.get(commit)).map(files -> files.get(path));
    if (found.isEmpty()) {
      refuse(exchange, 404, commits.containsKey(commit) ? "EntryNotFound" : "RevisionNotFound");
      return;
    }
    Stored stored = found.get();
    var headers = exchange.getResponseHeaders();
    headers.set("X-Repo-Commit", commit);
    if (!stored.large()) {
      headers.set("ETag", "\"" + stored.etag() + "\"");
      bytes(exchange, stored, stored.bytes());
      return;
    }
    headers.set("X-Linked-Etag", "\"" + stored.etag() + "\"");
    headers.set("X-Linked-Size", Integer.toString(stored.bytes().length));
    headers.set(
        "Location",
        "http://localhost:%d/%s/%s?Signature=secret-%d"
            .formatted(cdn.getAddress().getPort(), commit, path, signatures.incrementAndGet()));
    exchange.sendResponseHeaders(302, -1);
  }

  private void atTheCdn(HttpExchange exchange, String path) throws IOException {
    String[] steps = decoded(path).split("/", 3);
    Stored stored =
        Optional.ofNullable(commits.get(steps[1])).map(c -> c.get(steps[2])).orElseThrow();
    Fault fault;
    synchronized (faults) {
      fault = faults.poll();
    }
    if (fault == Fault.EXPIRED || fault == Fault.BROKEN) {
      exchange.sendResponseHeaders(fault == Fault.EXPIRED ? 403 : 503, -1);
      return;
    }
    String etag = fault == Fault.OTHER_ETAG ? "another" : stored.etag();
    exchange.getResponseHeaders().set("ETag", "\"" + etag + "\"");
    if (fault == null || fault == Fault.OTHER_ETAG) {
      bytes(exchange, stored, stored.bytes());
      return;
    }
    if (fault == Fault.WHOLE) {
      exchange.getRequestHeaders().remove("Range");
      bytes(exchange, stored, stored.bytes());
      return;
    }
    wrongly(exchange, stored, fault);
  }

  private void wrongly(HttpExchange exchange, Stored stored, Fault fault) throws IOException {
    if (fault == Fault.WRONG_BYTES) {
      byte[] other = stored.bytes().clone();
      for (int i = 0; i < other.length; i++) {
        other[i] ^= 1;
      }
      bytes(exchange, stored, other);
      return;
    }
    Slice slice = slice(exchange, stored);
    exchange.getResponseHeaders().set("Content-Range", slice.header(stored));
    int half = slice.length() / 2;
    exchange.sendResponseHeaders(206, fault == Fault.SHORT ? half : slice.length());
    OutputStream out = exchange.getResponseBody();
    out.write(stored.bytes(), slice.from(), half);
    out.flush();
    if (fault == Fault.STALL) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    // Closed with less than was promised, where more was: the server ends the connection.
  }

  private record Slice(int from, int length) {
    String header(Stored stored) {
      return "bytes %d-%d/%d".formatted(from, from + length - 1, stored.bytes().length);
    }
  }

  private static Slice slice(HttpExchange exchange, Stored stored) {
    String range = header(exchange, "Range").orElse("bytes=0-");
    String[] ends = range.substring("bytes=".length()).split("-", 2);
    int from = Integer.parseInt(ends[0]);
    int last =
        ends[1].isEmpty()
            ? stored.bytes().length - 1
            : Math.min(Integer.parseInt(ends[1]), stored.bytes().length - 1);
    return new Slice(from, last - from + 1);
  }

  private static void bytes(HttpExchange exchange, Stored stored, byte[] content)
      throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    boolean ranged = header(exchange, "Range").isPresent();
    String etag = String.valueOf(exchange.getResponseHeaders().getFirst("ETag"));
    boolean same = header(exchange, "If-Range").map(etag::equals).orElse(true);
    Slice slice = ranged && same ? slice(exchange, stored) : new Slice(0, content.length);
    if (ranged && same) {
      exchange.getResponseHeaders().set("Content-Range", slice.header(stored));
    }
    if (head) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(slice.length()));
    }
    exchange.sendResponseHeaders(
        ranged && same ? 206 : 200, head || slice.length() == 0 ? -1 : slice.length());
    if (!head && slice.length() > 0) {
      exchange.getResponseBody().write(content, slice.from(), slice.length());
    }
  }

  private static void json(HttpExchange exchange, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
    if (!code.isEmpty()) {
      exchange.getResponseHeaders().set("X-Error-Code", code);
    }
    exchange.sendResponseHeaders(status, -1);
  }

  private static String decoded(String path) {
    return URLDecoder.decode(path, StandardCharsets.UTF_8);
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(Sha256.digest().digest(bytes));
  }
}
