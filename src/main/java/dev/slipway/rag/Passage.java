package dev.slipway.rag;

import java.util.Map;

/**
 * A piece of a document that is found and quoted as one.
 *
 * @param id stable over runs: made from collection, source and position
 * @param collection where it belongs
 * @param source the document's path or address
 * @param title the document's title and the headings above the piece
 * @param position the piece's number in its document, from 0
 * @param text what the model reads
 * @param metadata more that a filter may ask for, such as {@code author}
 */
public record Passage(
    String id,
    String collection,
    String source,
    String title,
    int position,
    String text,
    Map<String, String> metadata) {

  /** Copies the metadata. */
  public Passage {
    metadata = Map.copyOf(metadata);
  }
}
