package dev.slipway.rag;

/** Takes each word, and each line end, for a token. */
final class WordCounter implements TokenCounter {
  @Override
  public int count(String text) {
    return text.isBlank() ? 0 : text.strip().replace("\n", " \\n ").split("\\s+").length;
  }

  @Override
  public boolean exact() {
    return true;
  }
}
