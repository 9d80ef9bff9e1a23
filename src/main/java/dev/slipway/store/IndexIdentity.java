package dev.slipway.store;

import dev.slipway.rag.index.VectorSpace;
import java.util.Map;
import java.util.UUID;

/** What every commit says about the index as a whole. */
final class IndexIdentity {

  /** Changes whenever older indexes can't be read as they are. */
  private static final String FORMAT = "1";

  private static final String FORMAT_KEY = "slipway.format";
  private static final String LINEAGE_KEY = "slipway.lineage";
  private static final String EMBEDDER_KEY = "slipway.embedder";
  private static final String DIMENSIONS_KEY = "slipway.dimensions";

  private IndexIdentity() {}

  /** Returns the identity of a new index. */
  static Map<String, String> create(VectorSpace space) {
    return Map.of(
        FORMAT_KEY,
        FORMAT,
        LINEAGE_KEY,
        UUID.randomUUID().toString(),
        EMBEDDER_KEY,
        space.embedder(),
        DIMENSIONS_KEY,
        Integer.toString(space.dimensions()));
  }

  /** Refuses an index that is not Slipway's, or whose vectors are another embedder's. */
  static void check(Map<String, String> data, VectorSpace space, IndexTrouble trouble) {
    if (!FORMAT.equals(data.get(FORMAT_KEY))) {
      throw trouble.damaged(
          "it is not in the format that this version writes",
          new IllegalStateException(String.valueOf(data.get(FORMAT_KEY))));
    }
    String embedder = data.getOrDefault(EMBEDDER_KEY, "");
    String dimensions = data.getOrDefault(DIMENSIONS_KEY, "");
    if (!embedder.equals(space.embedder())
        || !dimensions.equals(Integer.toString(space.dimensions()))) {
      throw trouble.otherEmbedder(embedder + " (" + dimensions + " dimensions)", space);
    }
  }

  /** Returns the id of the index; empty if it is not Slipway's. */
  static String lineage(Map<String, String> data) {
    return data.getOrDefault(LINEAGE_KEY, "");
  }
}
