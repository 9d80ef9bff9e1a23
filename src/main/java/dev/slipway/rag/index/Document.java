package dev.slipway.rag.index;

import java.util.List;
import java.util.Map;

/**
 * A document as a loader read it.
 *
 * @param title from its metadata or its first heading; empty where it has neither
 * @param metadata what a filter may ask for, such as {@code author} and {@code date}
 * @param blocks its text, in order
 * @param notes remarks about how it was read, each a sentence without a full stop
 */
record Document(
    String title, Map<String, String> metadata, List<Block> blocks, List<String> notes) {

  Document {
    metadata = Map.copyOf(metadata);
    blocks = List.copyOf(blocks);
    notes = List.copyOf(notes);
  }
}
