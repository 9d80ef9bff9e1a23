package dev.slipway.hub;

import dev.slipway.model.ModelSource;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Names one repository's places: its addresses, and its folder in the cache. */
record HubRepository(URI endpoint, ModelSource.HuggingFace source) {

  String id() {
    return source.organization() + "/" + source.repository();
  }

  /** Returns the name of its folder in the cache that the Hub's tools share. */
  String folder() {
    return "models--" + source.organization() + "--" + source.repository();
  }

  /** Returns its page, for people. */
  String page() {
    return endpoint + "/" + id();
  }

  URI revision(String revision) {
    return URI.create(endpoint + "/api/models/" + id() + "/revision/" + encoded(revision));
  }

  URI tree(String commit) {
    return URI.create(
        endpoint + "/api/models/" + id() + "/tree/" + encoded(commit) + "?recursive=true");
  }

  URI file(String commit, String path) {
    String steps =
        Arrays.stream(path.split("/", -1))
            .map(HubRepository::encoded)
            .collect(Collectors.joining("/"));
    return URI.create(endpoint + "/" + id() + "/resolve/" + encoded(commit) + "/" + steps);
  }

  private static String encoded(String step) {
    return URLEncoder.encode(step, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
