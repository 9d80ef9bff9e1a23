package dev.slipway.rag.index;

import dev.slipway.rag.Passage;
import java.util.List;
import java.util.Map;

/**
 * Changes one collection. What is put and deleted is found only after {@link #commit}, and is kept
 * from then on, whatever happens to the process. For one thread.
 */
public interface PassageWriter extends AutoCloseable {

  /**
   * A document that the store holds.
   *
   * @param version what {@link NewDocument#version} was
   * @param passages how many passages it has
   */
  record StoredDocument(String version, int passages) {}

  /**
   * A passage and its place in the embedder's space.
   *
   * @param vector of the store's length
   */
  record EmbeddedPassage(Passage passage, float[] vector) {}

  /**
   * A document to put.
   *
   * @param source unique in the collection; every passage has the same
   * @param version changes whenever the passages would
   * @param passages in the order of their positions
   */
  record NewDocument(String source, String version, List<EmbeddedPassage> passages) {
    /** Copies the passages. */
    public NewDocument {
      passages = List.copyOf(passages);
    }
  }

  /** Returns the collection's committed documents by source, as they were at the last commit. */
  Map<String, StoredDocument> documents();

  /** Puts a document in place of all the passages that its source had. */
  void put(NewDocument document);

  /** Deletes a document, if it is there. */
  void delete(String source);

  /** Makes all changes since the last commit visible and lasting. */
  void commit();

  /** Lets go of the store; drops what was not committed. */
  @Override
  void close();
}
