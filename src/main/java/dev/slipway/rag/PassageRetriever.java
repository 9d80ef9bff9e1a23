package dev.slipway.rag;

import dev.slipway.rag.PassageSearch.Hit;
import java.util.List;

/** Searches for a question as it stands: {@code embed}, then {@code search}. */
public final class PassageRetriever implements Retriever {
  private final Embedder embedder;
  private final PassageSearch search;

  /** Makes one of its parts; they stay the caller's to close. */
  public PassageRetriever(Embedder embedder, PassageSearch search) {
    this.embedder = embedder;
    this.search = search;
  }

  @Override
  public List<Hit> retrieve(Request request, Steps steps) {
    float[] embedding = steps.timed("embed", () -> embedder.embedQuestion(request.question()));
    return steps.timed(
        "search",
        () ->
            search.search(
                new PassageSearch.Query(
                    request.question(),
                    embedding,
                    request.collections(),
                    request.filter(),
                    request.k())));
  }
}
