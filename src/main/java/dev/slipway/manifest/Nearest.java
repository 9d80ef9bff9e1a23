package dev.slipway.manifest;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known word that a misspelt one was probably meant to be. */
final class Nearest {
  /** No key is near this length; a longer word is no slip of the keyboard. */
  private static final int LONGEST = 64;

  private Nearest() {}

  /** Returns the nearest word, if one is near: one edit in three letters, but at least one. */
  static Optional<String> to(String word, Collection<String> known) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    String wanted = plain(word);
    return known.stream()
        .filter(other -> distance(wanted, plain(other)) <= Math.max(1, other.length() / 3))
        .min(Comparator.comparingInt(other -> distance(wanted, plain(other))));
  }

  /** Returns the advice to give for a misspelt word: the nearest one, or an empty text. */
  static String advice(String word, Collection<String> known) {
    return to(word, known).map(near -> "did you mean " + near + "?").orElse("");
  }

  /** Case and separators are not what makes two keys differ: maxTokens is near max_tokens. */
  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replaceAll("[_. -]", "");
  }

  /** Counts insertions, deletions, replacements and swaps of neighbours. */
  private static int distance(String from, String to) {
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replaced = cost[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && from.charAt(i - 1) == to.charAt(j - 2)
                && from.charAt(i - 2) == to.charAt(j - 1);
        if (swapped) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[from.length()][to.length()];
  }
}
