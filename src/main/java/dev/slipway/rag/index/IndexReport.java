package dev.slipway.rag.index;

import java.util.List;

/**
 * Says what indexing did.
 *
 * @param collection the collection
 * @param documents how many documents the collection holds now
 * @param chunks how many passages they have
 * @param added how many documents are new
 * @param updated how many documents were there and have changed
 * @param deleted how many documents were there and are gone
 * @param skipped files that are no documents, counted by reason, in the order of the reasons
 * @param problems documents that could not be read; what the store had of them is kept
 * @param notes remarks about documents that were read all the same
 */
public record IndexReport(
    String collection,
    int documents,
    int chunks,
    int added,
    int updated,
    int deleted,
    List<Skipped> skipped,
    List<Remark> problems,
    List<Remark> notes) {

  /** Copies the lists. */
  public IndexReport {
    skipped = List.copyOf(skipped);
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  /**
   * Files left out for one reason.
   *
   * @param reason as "unknown type .png"
   * @param count how many, at least 1
   * @param example the first of them
   */
  public record Skipped(String reason, int count, String example) {}

  /**
   * Something to say about a document.
   *
   * @param source the document
   * @param text one sentence, without a full stop
   */
  public record Remark(String source, String text) {}
}
