package dev.slipway.rag.index;

/** Reads one format of documents. Thread-safe. */
@FunctionalInterface
interface DocumentLoader {

  /**
   * Reads a document.
   *
   * @throws UnreadableDocument if its content can't be read
   */
  Document load(byte[] content) throws UnreadableDocument;

  /** Says why a document can't be read, as the end of the sentence "FILE was not indexed: ...". */
  final class UnreadableDocument extends Exception {
    UnreadableDocument(String why) {
      super(why);
    }
  }
}
