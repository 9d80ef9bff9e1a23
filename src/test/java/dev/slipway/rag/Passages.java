package dev.slipway.rag;

import dev.slipway.rag.PassageSearch.Hit;
import java.util.Map;

/** Makes passages for tests. */
final class Passages {
  private Passages() {}

  /** Returns a passage of this text. */
  static Passage of(String id, String text) {
    return new Passage(id, "posts", id + ".md", "Title " + id, 0, text, Map.of());
  }

  /** Returns a hit with a passage of this text. */
  static Hit hit(String id, double score, String text) {
    return new Hit(of(id, text), score);
  }
}
