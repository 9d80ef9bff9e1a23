package dev.slipway.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the Hub what a repository holds. */
record HubApi(HubClient client, HubSettings settings, HubRepository repository) {

  private static final int MAX_BYTES = 1 << 25; // a page has at most 1,000 files
  private static final int MAX_FILES = 100_000;
  private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;\\s*rel=\"?next\"?");
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Returns the commit that a branch or tag names now.
   *
   * @throws dev.slipway.failure.OperationFailed if there is none, or it may not be seen
   * @throws IOException if the Hub can't be asked
   */
  String commit(String revision) throws IOException {
    Page page = page(repository.revision(revision), "revision \"" + revision + "\"");
    String commit = page.document().path("sha").asText("");
    if (!commit.matches("[0-9a-f]{40}")) {
      throw failures().invalid("the Hub names no commit of it");
    }
    return commit;
  }

  /**
   * Lists every file of a commit.
   *
   * @throws dev.slipway.failure.OperationFailed if there is no such commit, or it may not be seen
   * @throws IOException if the Hub can't be asked
   */
  List<HubFile> files(String commit) throws IOException {
    List<HubFile> files = new ArrayList<>();
    Optional<URI> next = Optional.of(repository.tree(commit));
    while (next.isPresent()) {
      Page page = page(next.get(), "commit " + commit);
      if (!page.document().isArray()) {
        throw failures().invalid("its list of files is no list");
      }
      for (JsonNode node : page.document()) {
        if (node.path("type").asText().equals("file")) {
          files.add(file(node));
        }
      }
      if (files.size() > MAX_FILES || (page.next().isPresent() && page.document().isEmpty())) {
        throw failures().invalid("its list of files has no end");
      }
      next = page.next();
    }
    return List.copyOf(files);
  }

  private HubFile file(JsonNode node) {
    JsonNode lfs = node.path("lfs");
    boolean large = lfs.isObject();
    long size = (large ? lfs : node).path("size").asLong(-1);
    String blob = node.path("oid").asText("");
    String sha256 = lfs.path("oid").asText("");
    if (size < 0 || !blob.matches("[0-9a-f]{40}") || (large && !sha256.matches("[0-9a-f]{64}"))) {
      throw failures().invalid("its list of files lacks sizes or hashes");
    }
    return new HubFile(
        node.path("path").asText(""), size, blob, large ? Optional.of(sha256) : Optional.empty());
  }

  private record Page(JsonNode document, Optional<URI> next) {}

  private Page page(URI uri, String subject) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try (HubClient.Reply reply = client.ask("GET", uri, Map.of())) {
        if (reply.status() != 200) {
          throw failures().of(reply, subject);
        }
        byte[] body = reply.response().body().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
          throw failures().invalid("its answer is too large");
        }
        return new Page(JSON.readTree(body), next(reply));
      } catch (JsonProcessingException e) {
        throw failures().invalid("its answer is no JSON");
      } catch (HubUnreachable e) {
        throw e;
      } catch (IOException e) {
        if (attempt == 3) {
          throw e;
        }
        client.pause(attempt);
      }
    }
  }

  private Optional<URI> next(HubClient.Reply reply) {
    for (String link : reply.response().headers().allValues("Link")) {
      Matcher matcher = NEXT.matcher(link);
      if (matcher.find()) {
        URI next = reply.uri().resolve(matcher.group(1));
        if (!settings.isHub(next)) {
          throw failures().invalid("its list of files goes on at another host");
        }
        return Optional.of(next);
      }
    }
    return Optional.empty();
  }

  private HubFailures failures() {
    return new HubFailures(settings, repository);
  }
}
