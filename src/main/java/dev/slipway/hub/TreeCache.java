package dev.slipway.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which files a commit has: a commit never changes, so a pinned model whose files are
 * here starts without the Hub, whatever its limits and outages. What can't be read or written is
 * done without.
 */
record TreeCache(Path folder) {

  private static final Logger LOG = LoggerFactory.getLogger(TreeCache.class);
  private static final JsonMapper JSON = new JsonMapper();

  Optional<List<HubFile>> read(HubRepository repository, String commit) {
    Path file = file(repository, commit);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      List<HubFile> files = new ArrayList<>();
      for (JsonNode node : JSON.readTree(Files.readAllBytes(file)).path("files")) {
        files.add(
            new HubFile(
                node.path("path").asText(),
                node.path("size").asLong(),
                node.path("blob").asText(),
                Optional.ofNullable(node.get("sha256")).map(JsonNode::asText)));
      }
      return files.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(files));
    } catch (IOException e) {
      LOG.warn("Ignoring the list of files in {}, which can't be read", file);
      return Optional.empty();
    }
  }

  void write(HubRepository repository, String commit, List<HubFile> files) {
    var document = JSON.createObjectNode();
    var listed = document.putArray("files");
    for (HubFile each : files) {
      var node = listed.addObject().put("path", each.path()).put("size", each.size());
      node.put("blob", each.blob());
      each.sha256().ifPresent(sha256 -> node.put("sha256", sha256));
    }
    Path file = file(repository, commit);
    try {
      Path parent = Files.createDirectories(file.resolveSibling(".").normalize());
      Path temporary = Files.createTempFile(parent, commit, ".tmp");
      try {
        JSON.writeValue(temporary.toFile(), document);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      LOG.warn("Cannot keep a list of files in {}: {}", file, e.toString());
    }
  }

  private Path file(HubRepository repository, String commit) {
    // Two Hubs may have repositories of the same name.
    String host = repository.endpoint().getAuthority().replaceAll("[^A-Za-z0-9.-]", "_");
    return folder.resolve(host).resolve(repository.folder()).resolve(commit + ".json");
  }
}
