package dev.slipway.rag.index;

import dev.slipway.rag.PassageSearch;

/** Keeps passages of documents, by collection, and finds them. Thread-safe. */
public interface PassageStore extends PassageSearch {

  /**
   * Opens a collection for writing; it need not exist yet. Searches go on meanwhile and see the
   * last commit.
   *
   * @throws dev.slipway.failure.OperationFailed if something else writes to this store ({@code
   *     index_locked}), if it was made with another embedder ({@code index_embedder}), or if it
   *     can't be read ({@code index_corrupt}, {@code index_io})
   */
  PassageWriter write(String collection);
}
