package dev.slipway.manifest;

/** Makes what a user wrote fit for a one-line message: short, printable, and never a secret. */
final class Shown {
  private static final int LONGEST = 60;

  private Shown() {}

  /** Returns the text in quotes. */
  static String quoted(String text) {
    return Secrecy.looksSecret(text)
        ? "something that looks like a secret"
        : "\"" + printable(text) + "\"";
  }

  /** Returns the text without quotes. */
  static String plain(String text) {
    return Secrecy.looksSecret(text) ? "something that looks like a secret" : printable(text);
  }

  /** Returns a key as a path has it: quoted only where it would be misread. */
  static String key(String key) {
    return key.matches("[A-Za-z0-9_-][A-Za-z0-9_/:@+-]{0,59}") ? plain(key) : quoted(key);
  }

  private static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .map(point -> isPrintable(point) ? point : '\uFFFD')
        .forEach(shown::appendCodePoint);
    return shown + (text.codePoints().skip(LONGEST).findAny().isPresent() ? "..." : "");
  }

  private static boolean isPrintable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
