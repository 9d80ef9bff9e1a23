package dev.slipway.model.mirror;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.model.ModelFile;
import dev.slipway.model.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Vouches for a copy: written last, beside the prefix and not below it, because endpoints download
 * everything below. Where it is, every file was seen whole and with its SHA-256.
 *
 * @param source where the model comes from
 * @param commit the snapshot's
 * @param prefix where the files lie; ends in a slash
 * @param files in the order of their paths
 */
public record MirrorManifest(String source, String commit, String prefix, List<Entry> files) {

  /** The format's version, the document's {@code format}. */
  static final int FORMAT = 1;

  private static final String SUFFIX = ".slipway-manifest.json";
  private static final JsonMapper JSON = new JsonMapper();

  /** Copies the files. */
  public MirrorManifest {
    files = List.copyOf(files);
  }

  /**
   * One file as it lies in the bucket.
   *
   * @param etag the object's, without quotation marks
   */
  public record Entry(String path, long size, String sha256, String etag) {}

  /** Returns the key of the manifest of a prefix. */
  public static String key(String prefix) {
    return prefix.substring(0, prefix.length() - 1) + SUFFIX;
  }

  /** Returns whether it vouches for this snapshot. */
  boolean isOf(Snapshot snapshot) {
    List<ModelFile> mine =
        files.stream().map(e -> new ModelFile(e.path(), e.size(), e.sha256())).toList();
    return commit.equals(snapshot.commit()) && mine.equals(snapshot.files());
  }

  byte[] write() {
    ObjectNode document = JSON.createObjectNode();
    document.put("format", FORMAT).put("source", source).put("commit", commit);
    document.put("prefix", prefix);
    var list = document.putArray("files");
    for (Entry file : files) {
      list.addObject()
          .put("path", file.path())
          .put("size", file.size())
          .put("sha256", file.sha256())
          .put("etag", file.etag());
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers are always JSON", e);
    }
  }

  /** Reads a manifest; absent if the bytes are none: then everything is looked at again. */
  static Optional<MirrorManifest> read(byte[] bytes) {
    try {
      JsonNode document = JSON.readTree(bytes);
      if (document.path("format").asInt() != FORMAT) {
        return Optional.empty();
      }
      List<Entry> files = new ArrayList<>();
      for (JsonNode file : document.path("files")) {
        var checked =
            new ModelFile(
                file.path("path").asText(),
                file.path("size").asLong(-1),
                file.path("sha256").asText());
        files.add(
            new Entry(
                checked.path(), checked.size(), checked.sha256(), file.path("etag").asText()));
      }
      return Optional.of(
          new MirrorManifest(
              document.path("source").asText(),
              document.path("commit").asText(),
              document.path("prefix").asText(),
              files));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
