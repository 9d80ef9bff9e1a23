package dev.slipway.rag.index;

import java.util.ArrayList;
import java.util.List;

/** Cuts text that has no better place to be cut at. */
final class Cut {

  private Cut() {}

  /** Returns the text in parts of at most max characters, cut at white space where there is any. */
  static List<String> parts(String text, int max) {
    List<String> parts = new ArrayList<>();
    String rest = text.strip();
    while (!rest.isEmpty()) {
      String part = firstPart(rest, max);
      parts.add(part);
      rest = rest.substring(part.length()).strip();
    }
    return parts;
  }

  /** Returns the longest beginning of at most max characters, at least 2, that ends well. */
  static String firstPart(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    for (int end = max; end > max / 2; end--) {
      if (Character.isWhitespace(text.charAt(end))) {
        return text.substring(0, end).stripTrailing();
      }
    }
    boolean halfCharacter =
        Character.isHighSurrogate(text.charAt(max - 1))
            && Character.isLowSurrogate(text.charAt(max));
    return text.substring(0, halfCharacter ? max - 1 : max);
  }
}
