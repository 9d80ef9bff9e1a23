package dev.slipway.rag.index;

/**
 * A passage before it belongs to a collection.
 *
 * @param title the document's title and the headings above
 * @param position from 0
 */
record Chunk(String title, int position, String text) {}
