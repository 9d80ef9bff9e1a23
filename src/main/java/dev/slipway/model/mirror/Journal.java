package dev.slipway.model.mirror;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a copy under way leaves for the run after it, should it not come to its end: whose uploads
 * lie below the prefix, and which files must be read back before anyone vouches for them, because
 * no single run saw all their bytes.
 *
 * @param commit the snapshot's
 * @param unseen paths
 */
record Journal(String commit, Set<String> unseen) {

  private static final String SUFFIX = ".slipway-journal.json";
  private static final JsonMapper JSON = new JsonMapper();

  Journal {
    unseen = Set.copyOf(unseen);
  }

  static String key(String prefix) {
    return prefix.substring(0, prefix.length() - 1) + SUFFIX;
  }

  byte[] write() {
    var document = JSON.createObjectNode().put("format", 1).put("commit", commit);
    var list = document.putArray("unseen");
    new TreeSet<>(unseen).forEach(list::add);
    try {
      return JSON.writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts are always JSON", e);
    }
  }

  /**
   * Reads a journal; absent if the bytes are none: then nothing that lies there is gone on with.
   */
  static Optional<Journal> read(byte[] bytes) {
    try {
      JsonNode document = JSON.readTree(bytes);
      if (document.path("format").asInt() != 1) {
        return Optional.empty();
      }
      Set<String> unseen = new TreeSet<>();
      document.path("unseen").forEach(path -> unseen.add(path.asText()));
      return Optional.of(new Journal(document.path("commit").asText(), unseen));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
