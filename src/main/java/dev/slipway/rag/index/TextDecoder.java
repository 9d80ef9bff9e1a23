package dev.slipway.rag.index;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Decodes text files whose character set nobody names. */
final class TextDecoder {

  /** What most files that are not UTF-8 are; it has a character for nearly every byte. */
  private static final Charset FALLBACK = Charset.forName("windows-1252");

  private TextDecoder() {}

  /**
   * A decoded text.
   *
   * @param text with {@code \n} as its only line break and no control characters but tabs
   * @param note says that the character set was guessed
   */
  record Decoded(String text, Optional<String> note) {}

  /** Decodes by byte order mark, else as UTF-8, else as windows-1252 with a note. */
  static Decoded decode(byte[] content) {
    Optional<Charset> marked = byteOrderMark(content);
    if (marked.isPresent()) {
      String text = new String(content, marked.get());
      return new Decoded(
          clean(text.startsWith("\uFEFF") ? text.substring(1) : text), Optional.empty());
    }
    Optional<String> utf8 = utf8(content);
    return utf8.isPresent()
        ? new Decoded(clean(utf8.get()), Optional.empty())
        : new Decoded(
            clean(new String(content, FALLBACK)),
            Optional.of("it is not UTF-8: read as windows-1252"));
  }

  /** Returns the content as UTF-8, or nothing if it isn't. */
  static Optional<String> utf8(byte[] content) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(content))
              .toString());
    } catch (CharacterCodingException notUtf8) {
      return Optional.empty();
    }
  }

  /** Returns whether the content holds a NUL where text would not: within its first 8 KiB. */
  static boolean looksBinary(byte[] content) {
    if (byteOrderMark(content).isPresent()) {
      return false;
    }
    for (int i = 0; i < Math.min(content.length, 8192); i++) {
      if (content[i] == 0) {
        return true;
      }
    }
    return false;
  }

  /** Makes {@code \n} the only line break and drops control characters, which no model reads. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r') {
        boolean pair = i + 1 < text.length() && text.charAt(i + 1) == '\n';
        clean.append(pair ? "" : "\n");
      } else if (c == '\n' || c == '\t' || !isUnreadable(c)) {
        clean.append(c);
      } else if (c == '\f') {
        clean.append('\n');
      }
    }
    return clean.toString();
  }

  private static boolean isUnreadable(char c) {
    return Character.isISOControl(c) || c == '\uFEFF' || c == '\u00AD' || c == '\u200B';
  }

  private static Optional<Charset> byteOrderMark(byte[] content) {
    if (startsWith(content, 0xEF, 0xBB, 0xBF)) {
      return Optional.of(StandardCharsets.UTF_8);
    }
    if (startsWith(content, 0xFE, 0xFF)) {
      return Optional.of(StandardCharsets.UTF_16BE);
    }
    return startsWith(content, 0xFF, 0xFE)
        ? Optional.of(StandardCharsets.UTF_16LE)
        : Optional.empty();
  }

  private static boolean startsWith(byte[] content, int... mark) {
    if (content.length < mark.length) {
      return false;
    }
    for (int i = 0; i < mark.length; i++) {
      if ((content[i] & 0xFF) != mark[i]) {
        return false;
      }
    }
    return true;
  }
}
