package dev.slipway.hub;

import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads ranges of one commit's files from the Hub, and sees that what it reads is still that
 * commit. Where a file lies is asked once: its address at another host is signed, and is asked for
 * anew when it has expired. Thread-safe.
 */
final class HubReader {

  private static final int RENEWALS = 3;
  // What is read in vain at most from a server that ignores the range that it was asked for.
  private static final long MAX_SKIPPED = 1 << 24;

  private final HubClient client;
  private final HubSettings settings;
  private final HubRepository repository;
  private final String commit;
  private final HubFailures failures;
  private final Map<String, Place> places = new ConcurrentHashMap<>();

  /**
   * Where a file's bytes are for now.
   *
   * @param etag what that host calls them, absent until it has said so
   */
  private record Place(URI address, Optional<String> etag) {}

  HubReader(HubClient client, HubSettings settings, HubRepository repository, String commit) {
    this.client = client;
    this.settings = settings;
    this.repository = repository;
    this.commit = commit;
    this.failures = new HubFailures(settings, repository);
  }

  /**
   * Opens a range.
   *
   * @param skip whether bytes before it may be read in vain, however many, where the server ignores
   *     ranges
   * @return a stream of exactly so many bytes, or an {@link IOException} while it is read
   * @throws IOException if another try may help
   * @throws OperationFailed if none can
   */
  InputStream open(HubFile file, long offset, long length, boolean skip) throws IOException {
    if (length == 0) {
      return InputStream.nullInputStream();
    }
    if (settings.offline()) {
      throw failures.offline("its file " + file.path() + " is not in the cache");
    }
    for (int renewal = 0; ; renewal++) {
      Place place = place(file);
      HubClient.Reply reply = client.read(place.address(), headers(place, offset, length));
      try {
        if (expired(reply) && renewal < RENEWALS) {
          places.remove(file.path(), place);
          reply.close();
          continue;
        }
        InputStream body = body(file, place, reply, offset, skip);
        return new ExactStream(body, length);
      } catch (IOException | RuntimeException e) {
        reply.close();
        throw e;
      }
    }
  }

  private static Map<String, String> headers(Place place, long offset, long length) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Range", "bytes=" + offset + "-" + (offset + length - 1));
    // A weak ETag can't hold a range to anything.
    place.etag().filter(etag -> !etag.startsWith("W/")).ifPresent(e -> headers.put("If-Range", e));
    return headers;
  }

  private boolean expired(HubClient.Reply reply) {
    return switch (reply.status()) {
      case 400, 401, 403, 404, 410 -> !settings.isHub(reply.uri());
      default -> false;
    };
  }

  private InputStream body(
      HubFile file, Place place, HubClient.Reply reply, long offset, boolean skip)
      throws IOException {
    if (reply.status() == 416) {
      throw failures.changed(file.path(), "is shorter than it was");
    }
    if (reply.status() != 200 && reply.status() != 206) {
      throw failures.of(reply, "its file " + file.path());
    }
    checkEtag(file, place, reply);
    RangeReply range =
        RangeReply.of(reply)
            .orElseThrow(() -> failures.invalid("it sent a range without saying which"));
    if (range.size().isPresent() && range.size().get() != file.size()) {
      throw failures.changed(
          file.path(), "has " + range.size().get() + " bytes, had " + file.size());
    }
    long ahead = offset - range.first();
    if (ahead < 0) {
      throw failures.invalid("it sent another range than it was asked for");
    }
    if (ahead > MAX_SKIPPED && !skip) {
      throw failures.invalid(
          "it ignores which range of a file is asked for, so that large files can't be read in"
              + " parts");
    }
    InputStream body = reply.response().body();
    body.skipNBytes(ahead);
    return body;
  }

  private void checkEtag(HubFile file, Place place, HubClient.Reply reply) {
    Optional<String> now = reply.header("ETag");
    if (now.isEmpty()) {
      return;
    }
    if (place.etag().isPresent() && !place.etag().equals(now)) {
      throw failures.changed(file.path(), "changed while it was read (its ETag is another)");
    }
    places.replace(file.path(), place, new Place(place.address(), now));
  }

  private Place place(HubFile file) throws IOException {
    Place known = places.get(file.path());
    if (known != null) {
      return known;
    }
    Place found = locate(file);
    places.put(file.path(), found);
    return found;
  }

  /** Asks the Hub where a file lies, and holds what it says of it to what was resolved. */
  private Place locate(HubFile file) throws IOException {
    try (HubClient.Reply reply =
        client.ask("HEAD", repository.file(commit, file.path()), Map.of())) {
      if (!reply.redirects() && reply.status() != 200) {
        throw failures.of(reply, "its file " + file.path());
      }
      String now = reply.header("X-Repo-Commit").orElse(commit);
      if (!now.equals(commit)) {
        throw failures.changed(file.path(), "is of commit " + now + " now");
      }
      String etag = reply.header("X-Linked-Etag").map(HubReader::plain).orElse(file.etag());
      if (!etag.equals(file.etag())) {
        throw failures.changed(file.path(), "has other bytes now (its ETag is another)");
      }
      String size = reply.header("X-Linked-Size").orElse(Long.toString(file.size()));
      if (!size.equals(Long.toString(file.size()))) {
        throw failures.changed(file.path(), "has " + size + " bytes, had " + file.size());
      }
      return new Place(reply.redirects() ? client.target(reply) : reply.uri(), Optional.empty());
    }
  }

  private static String plain(String etag) {
    return etag.replaceFirst("^W/", "").replace("\"", "");
  }
}
