package dev.slipway.rag.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Finds sentences in text of Western languages, and keeps what only looks like an end together. */
final class Sentences {

  /** What ends with a full stop within a sentence. */
  private static final Set<String> ABBREVIATIONS =
      Set.of(
          "e.g", "i.e", "cf", "vs", "etc", "approx", "mr", "mrs", "ms", "dr", "prof", "st", "no",
          "fig", "eq", "sec", "ch", "vol", "pp", "p", "al", "inc", "ltd", "co", "resp", "incl");

  private static final String CLOSING = "\"')]}»”’*_";

  private Sentences() {}

  /** Returns the sentences of a text; joined with spaces, they are the collapsed text. */
  static List<String> of(String text) {
    String line = collapse(text);
    List<String> sentences = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < line.length(); i++) {
      int end = end(line, start, i);
      if (end > 0 && end < line.length()) {
        sentences.add(line.substring(start, end));
        start = end + 1;
        i = end;
      }
    }
    if (start < line.length()) {
      sentences.add(line.substring(start));
    }
    return sentences;
  }

  /** Makes every run of white space one space, and removes it at both ends. */
  static String collapse(CharSequence text) {
    StringBuilder line = new StringBuilder(text.length());
    boolean gap = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        gap = true;
      } else {
        if (gap && !line.isEmpty()) {
          line.append(' ');
        }
        line.append(c);
        gap = false;
      }
    }
    return line.toString();
  }

  /** Returns where the sentence that has its last mark at i ends, or 0 if it does not end there. */
  private static int end(String line, int start, int i) {
    char mark = line.charAt(i);
    if (mark != '.' && mark != '!' && mark != '?' && mark != '…') {
      return 0;
    }
    int end = i + 1;
    while (end < line.length() && CLOSING.indexOf(line.charAt(end)) >= 0) {
      end++;
    }
    if (end >= line.length() || line.charAt(end) != ' ') {
      return 0;
    }
    int next = line.codePointAt(end + 1);
    if (Character.isLowerCase(next) || (mark == '.' && isAbbreviation(line, start, i))) {
      return 0;
    }
    return end;
  }

  private static boolean isAbbreviation(String line, int start, int stop) {
    int word = stop;
    while (word > start && line.charAt(word - 1) != ' ' && line.charAt(word - 1) != '(') {
      word--;
    }
    String before = line.substring(word, stop);
    return ABBREVIATIONS.contains(before.toLowerCase(Locale.ROOT))
        || (before.length() == 1 && Character.isUpperCase(before.charAt(0)))
        // "1. First": a number at the head is a marker, not a sentence.
        || (word == start && !before.isEmpty() && before.chars().allMatch(Character::isDigit));
  }
}
