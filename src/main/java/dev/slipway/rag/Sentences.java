package dev.slipway.rag;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Knows where a text can be cut without cutting a sentence. */
final class Sentences {
  private Sentences() {}

  /** Returns the text's beginnings that end with a sentence, shortest first, the whole one last. */
  static List<String> beginnings(String text) {
    BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ROOT);
    sentences.setText(text);
    List<String> beginnings = new ArrayList<>();
    for (int end = sentences.next(); end != BreakIterator.DONE; end = sentences.next()) {
      String beginning = text.substring(0, end).stripTrailing();
      if (!beginning.isBlank()) {
        beginnings.add(beginning);
      }
    }
    return beginnings;
  }
}
