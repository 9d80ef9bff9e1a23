package dev.slipway.rag;

import dev.slipway.rag.PassageSearch.Hit;
import java.util.List;

/** Orders found passages anew. Thread-safe; stops soon when its thread is interrupted. */
public interface Reranker {

  /**
   * Returns the best of the candidates, best first, each with the score that put it there.
   *
   * @param question in the user's words
   * @param candidates best first, as the search had them
   * @param k at most so many; fewer come back only where there are fewer candidates
   */
  List<Hit> rerank(String question, List<Hit> candidates, int k);
}
