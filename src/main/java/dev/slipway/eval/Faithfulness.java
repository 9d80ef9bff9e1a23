package dev.slipway.eval;

import dev.slipway.rag.Embedder;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Says which share of an answer's sentences the retrieved passages support: by the words that they
 * share, and where those leave doubt, by the angle between sentences. A heuristic: it knows nothing
 * of logic, so that "is deleted" supports "isn't deleted". Thread-safe.
 */
final class Faithfulness {
  /** Of a sentence's content words, so many in one passage are support enough. */
  static final double WORDS_ALONE = 0.75;

  /** With so many, and a sentence of the passage as near as {@link #NEAR}, it is supported too. */
  static final double WORDS_WITH_MEANING = 0.4;

  /** The least cosine; bge-small puts unrelated English sentences at 0.4 to 0.65. */
  static final double NEAR = 0.8;

  private final Embedder embedder;
  private final Map<String, float[]> embedded = new ConcurrentHashMap<>();

  Faithfulness(Embedder embedder) {
    this.embedder = embedder;
  }

  /**
   * Returns the share; absent if the answer has no sentence that says anything.
   *
   * @param passages what was retrieved
   */
  OptionalDouble of(String answer, List<String> passages) {
    return sentences(answer).stream()
        .filter(sentence -> !Words.content(sentence).isEmpty())
        .mapToInt(sentence -> supported(sentence, passages) ? 1 : 0)
        .average();
  }

  private boolean supported(String sentence, List<String> passages) {
    Set<String> words = Words.content(sentence);
    List<String> doubtful = new ArrayList<>();
    for (String passage : passages) {
      Set<String> shared = new HashSet<>(Words.content(passage));
      shared.retainAll(words);
      double share = (double) shared.size() / words.size();
      if (share >= WORDS_ALONE) {
        return true;
      }
      if (share >= WORDS_WITH_MEANING) {
        doubtful.add(passage);
      }
    }
    return doubtful.stream()
        .flatMap(passage -> sentences(passage).stream())
        .anyMatch(said -> cosine(vector(sentence), vector(said)) >= NEAR);
  }

  private float[] vector(String sentence) {
    return embedded.computeIfAbsent(
        sentence, text -> embedder.embedPassages(List.of(text)).getFirst());
  }

  private static double cosine(float[] one, float[] other) {
    double product = 0;
    double ones = 0;
    double others = 0;
    for (int i = 0; i < one.length; i++) {
      product += (double) one[i] * other[i];
      ones += (double) one[i] * one[i];
      others += (double) other[i] * other[i];
    }
    return ones == 0 || others == 0 ? 0 : product / Math.sqrt(ones * others);
  }

  static List<String> sentences(String text) {
    BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ROOT);
    List<String> sentences = new ArrayList<>();
    // A line of Markdown ends a sentence, with or without a full stop.
    for (String line : text.split("\\R", -1)) {
      breaks.setText(line);
      int start = 0;
      for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
        String sentence = line.substring(start, end).strip();
        if (!sentence.isEmpty()) {
          sentences.add(sentence);
        }
        start = end;
      }
    }
    return sentences;
  }
}
