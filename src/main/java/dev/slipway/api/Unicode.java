package dev.slipway.api;

/** Looks at texts that came from outside. */
final class Unicode {
  private Unicode() {}

  /** Returns whether every surrogate has its other half: half a character is no UTF-8. */
  static boolean whole(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  /** Returns {@code 'a', 'b' or 'c'}. */
  static String alternatives(String... texts) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < texts.length; i++) {
      out.append(i == 0 ? "" : i == texts.length - 1 ? " or " : ", ");
      out.append('\'').append(texts[i]).append('\'');
    }
    return out.toString();
  }
}
