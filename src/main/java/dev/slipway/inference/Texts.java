package dev.slipway.inference;

/** Makes text safe to hand to native code. */
final class Texts {

  private Texts() {}

  /** Cuts a text to at most so many characters, never inside a surrogate pair. */
  static String cut(String text, int maxCharacters) {
    if (text.length() <= maxCharacters) {
      return text;
    }
    boolean pair = Character.isHighSurrogate(text.charAt(maxCharacters - 1));
    return text.substring(0, pair ? maxCharacters - 1 : maxCharacters);
  }

  /** Replaces halves of surrogate pairs, which no UTF-8 can hold, by U+FFFD. */
  static String whole(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return replaceHalves(text);
      }
    }
    return text;
  }

  private static String replaceHalves(String text) {
    var whole = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(whole::appendCodePoint);
    return whole.toString();
  }
}
