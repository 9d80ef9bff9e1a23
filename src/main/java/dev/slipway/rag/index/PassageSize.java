package dev.slipway.rag.index;

/**
 * Says how long passages should be, in UTF-16 characters.
 *
 * @param target short paragraphs are joined up to this length
 * @param max no passage is longer
 * @param overlap where a long paragraph is cut, its last sentence is repeated in the next passage
 *     if it is no longer than this; 0 for never
 */
public record PassageSize(int target, int max, int overlap) {

  /** Checks that the sizes fit together. */
  public PassageSize {
    if (target < 40 || max < target || overlap < 0 || overlap > target / 2) {
      throw new IllegalArgumentException(
          "passage size: needs 40 <= target <= max and 0 <= overlap <= target / 2, is "
              + target
              + ", "
              + max
              + ", "
              + overlap);
    }
  }

  /** Below this window, three passages of the standard size and an answer are a tight fit. */
  private static final int SMALL_WINDOW = 2048;

  /**
   * Returns the size that suits a model's window.
   *
   * @param contextLength the model's window in tokens
   */
  public static PassageSize fitting(int contextLength) {
    return contextLength < SMALL_WINDOW ? small() : standard();
  }

  /**
   * Returns paragraphs of about three sentences: target 320, at most 480, overlap up to 100. {@code
   * RetrievalQualityTest} holds how well it finds.
   */
  public static PassageSize standard() {
    return new PassageSize(320, 480, 100);
  }

  /**
   * Returns single paragraphs for small models: target 60, at most 320, overlap up to 30. Hardly
   * anything is joined: a model of that kind often quotes the wrong one of several sentences.
   * {@code NewcomerQuestionsTest} holds how well it finds.
   */
  public static PassageSize small() {
    return new PassageSize(60, 320, 30);
  }
}
