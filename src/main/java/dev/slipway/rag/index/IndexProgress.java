package dev.slipway.rag.index;

/** Hears how indexing comes along, on the indexing thread. */
@FunctionalInterface
public interface IndexProgress {

  /**
   * How far indexing is.
   *
   * @param done documents that are finished: indexed, unchanged, skipped or broken
   * @param total documents in all
   * @param passages passages embedded so far
   * @param source the document that is being worked on, or the last one
   */
  record Step(int done, int total, int passages, String source) {}

  /** Hears of one step; called at least once per document. What it throws stops the indexing. */
  void step(Step step);

  /** Returns a progress that nobody watches. */
  static IndexProgress none() {
    return step -> {};
  }
}
