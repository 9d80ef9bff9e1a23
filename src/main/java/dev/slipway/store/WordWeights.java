package dev.slipway.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;

/**
 * Turns text into a sparse vector: per word, the part of BM25 that depends on the passage alone.
 * The rarity of a word is the server's to multiply in, since only it knows all passages.
 *
 * <p>A word's place is the 32-bit MurmurHash3 of its stem. Two words that share one count as the
 * same word, which among a million words happens to about one in 4,000.
 */
final class WordWeights {

  /** Lucene's own constants for BM25, so that both stores judge alike. */
  private static final double K1 = 1.2;

  private static final double B = 0.75;

  /** Stands for the average length, which a client can't know: a usual passage's, in words. */
  private static final double USUAL_LENGTH = 128;

  /** More distinct words than any question needs. */
  private static final int MOST_WORDS = 200;

  private final Analyzer analyzer;

  WordWeights(Analyzer analyzer) {
    this.analyzer = analyzer;
  }

  /** Weighs a passage: the headings above it count as words of it. Empty if it has no words. */
  SortedMap<Long, Double> passage(String title, String text) {
    Map<Long, Integer> counts = new TreeMap<>();
    int length = count(title, counts, Integer.MAX_VALUE) + count(text, counts, Integer.MAX_VALUE);
    double damping = K1 * (1 - B + B * length / USUAL_LENGTH);
    SortedMap<Long, Double> weights = new TreeMap<>();
    counts.forEach((word, count) -> weights.put(word, count * (K1 + 1) / (count + damping)));
    return weights;
  }

  /** Weighs a question: each of its words alike. Empty if it has none. */
  SortedMap<Long, Double> question(String text) {
    Map<Long, Integer> counts = new TreeMap<>();
    count(text, counts, MOST_WORDS);
    SortedMap<Long, Double> weights = new TreeMap<>();
    counts.keySet().forEach(word -> weights.put(word, 1.0));
    return weights;
  }

  private int count(String text, Map<Long, Integer> counts, int most) {
    int length = 0;
    try (TokenStream tokens = analyzer.tokenStream("words", text)) {
      CharTermAttribute word = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (counts.size() < most && tokens.incrementToken()) {
        counts.merge(place(word), 1, Integer::sum);
        length++;
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException("text in memory can be read", impossible);
    }
    return length;
  }

  private static long place(CharSequence word) {
    return Integer.toUnsignedLong(StringHelper.murmurhash3_x86_32(new BytesRef(word), 0));
  }
}
