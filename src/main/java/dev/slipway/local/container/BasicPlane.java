package dev.slipway.local.container;

/**
 * Writes any text with characters that survive JNI's {@code NewStringUTF} as llama.cpp's binding
 * calls it: it hands over standard UTF-8 where modified UTF-8 is expected, so that characters
 * beyond the basic plane, and NUL, come back broken. They travel in the private use area instead,
 * and that area's own characters behind a mark.
 */
final class BasicPlane {
  private static final char FIRST = '\uE000';
  private static final int SURROGATES = 0x800;
  private static final char MARK = FIRST + SURROGATES;
  private static final char MARKED = MARK + 1;
  private static final char NUL = MARKED + SURROGATES + 1;

  private BasicPlane() {}

  /** Returns the text without surrogates and NUL; {@link #decode} gives it back. */
  static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        encoded.append((char) (c - Character.MIN_SURROGATE + FIRST));
      } else if (c >= FIRST && c <= MARK) {
        encoded.append(MARK).append((char) (c - FIRST + MARKED));
      } else if (c == 0) {
        encoded.append(MARK).append(NUL);
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString();
  }

  /** Returns the text that was encoded, with whatever was put around it meanwhile. */
  static String decode(String encoded) {
    StringBuilder text = new StringBuilder(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == MARK && i + 1 < encoded.length()) {
        char marked = encoded.charAt(++i);
        text.append(marked == NUL ? '\0' : (char) (marked - MARKED + FIRST));
      } else if (c >= FIRST && c < MARK) {
        text.append((char) (c - FIRST + Character.MIN_SURROGATE));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
