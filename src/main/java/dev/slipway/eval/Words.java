package dev.slipway.eval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Compares texts by their words: runs of letters and digits, in any case. */
final class Words {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");

  /** English words that say nothing of what a sentence is about. */
  private static final Set<String> EMPTY =
      Set.of(
          "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "do", "does",
          "for", "from", "had", "has", "have", "how", "if", "in", "into", "is", "it", "its", "may",
          "no", "not", "of", "on", "or", "so", "such", "that", "the", "their", "them", "then",
          "there", "these", "they", "this", "to", "was", "were", "what", "when", "where", "which",
          "who", "will", "with", "you", "your", "i", "we", "he", "she", "s", "t");

  private Words() {}

  static List<String> of(String text) {
    return WORD.matcher(text.toLowerCase(Locale.ROOT))
        .results()
        .map(java.util.regex.MatchResult::group)
        .toList();
  }

  /** Returns the words that carry what a text is about. */
  static Set<String> content(String text) {
    return of(text).stream().filter(word -> !EMPTY.contains(word)).collect(Collectors.toSet());
  }

  /** Returns F1 of the words in common, each as often as both have it. */
  static double overlap(String expected, String given) {
    List<String> wanted = of(expected);
    List<String> said = of(given);
    Map<String, Integer> left = new HashMap<>();
    wanted.forEach(word -> left.merge(word, 1, Integer::sum));
    int common = 0;
    for (String word : said) {
      int count = left.getOrDefault(word, 0);
      if (count > 0) {
        common++;
        left.put(word, count - 1);
      }
    }
    return harmonic(common, wanted.size(), said.size());
  }

  /** Returns F1 of the longest common subsequence of words. */
  static double longestCommon(String expected, String given) {
    List<String> wanted = of(expected);
    List<String> said = of(given);
    int[] before = new int[said.size() + 1];
    for (String word : wanted) {
      int[] now = new int[said.size() + 1];
      for (int i = 1; i <= said.size(); i++) {
        now[i] = word.equals(said.get(i - 1)) ? before[i - 1] + 1 : Math.max(before[i], now[i - 1]);
      }
      before = now;
    }
    return harmonic(before[said.size()], wanted.size(), said.size());
  }

  /** Returns the share of phrases that a text holds, word for word. */
  static double phrases(List<String> phrases, String given) {
    String said = " " + String.join(" ", of(given)) + " ";
    List<String> missing = new ArrayList<>(phrases);
    missing.removeIf(phrase -> said.contains(" " + String.join(" ", of(phrase)) + " "));
    return 1 - (double) missing.size() / phrases.size();
  }

  private static double harmonic(int common, int expected, int given) {
    return common == 0 ? 0 : 2.0 * common / (expected + given);
  }
}
