package dev.slipway.rag.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes texts that splitters and loaders have trouble with. */
final class RandomText {

  private static final String[] PIECES = {
    " ", " ", " ", " ", " ", "\n", "\n", "\n\n", "\n\n", "\r\n", "\t", "\n    ", "\n- ", "\n* ",
    "\n12. ", ". ", ". ", "! ", "?) ", ".\" ", ": ", ":\n", "...", "e.g. ", "\u00A0", "\u2028",
    "\f", "```", "#", "---\n", "|", "[", "](", "**", "`", "<b>", "&amp;", "{{x}}", "\\"
  };

  private RandomText() {}

  /**
   * Markdown and the words that it must not lose.
   *
   * @param words each unlike any other
   */
  record Markdown(String text, List<String> words) {}

  static PassageSize size(Random random) {
    int target = 40 + random.nextInt(300);
    return new PassageSize(target, target + random.nextInt(200), random.nextInt(target / 2 + 1));
  }

  /** Makes a text of words, odd characters and everything that looks like structure. */
  static String plain(Random random) {
    StringBuilder text = new StringBuilder();
    int pieces = random.nextInt(200);
    for (int i = 0; i < pieces; i++) {
      if (random.nextInt(3) == 0) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      } else {
        word(random, text);
      }
    }
    return text.toString();
  }

  private static void word(Random random, StringBuilder text) {
    int length = random.nextInt(40) == 0 ? random.nextInt(900) : 1 + random.nextInt(9);
    int alphabet = random.nextInt(10);
    for (int i = 0; i < length; i++) {
      switch (alphabet) {
        case 0 -> text.appendCodePoint(0x1F600 + random.nextInt(60));
        case 1 -> text.appendCodePoint(0x4E00 + random.nextInt(2000));
        case 2 -> text.append((char) ('A' + random.nextInt(26)));
        default -> text.append((char) ('a' + random.nextInt(26)));
      }
    }
    text.append(random.nextInt(6) == 0 ? "" : " ");
  }

  /** Makes Markdown of every kind of block. */
  static Markdown markdown(Random random) {
    List<String> words = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int blocks = 1 + random.nextInt(14);
    for (int i = 0; i < blocks; i++) {
      switch (random.nextInt(7)) {
        case 0 ->
            text.append("#".repeat(1 + random.nextInt(6)))
                .append(' ')
                .append(some(words, 4, random));
        case 1 -> {
          for (int item = random.nextInt(9); item >= 0; item--) {
            text.append(random.nextBoolean() ? "- " : "  - ")
                .append(some(words, 12, random))
                .append('\n');
          }
        }
        case 2 -> {
          text.append("| a | b |\n|---|---|\n");
          for (int row = random.nextInt(6); row >= 0; row--) {
            text.append("| ")
                .append(some(words, 5, random))
                .append(" | ")
                .append(some(words, 9, random))
                .append(" |\n");
          }
        }
        case 3 -> {
          text.append("```\n");
          for (int line = random.nextInt(20); line >= 0; line--) {
            text.append(" ".repeat(random.nextInt(4))).append(some(words, 6, random)).append('\n');
          }
          text.append("```");
        }
        case 4 -> text.append("> ").append(some(words, 30, random));
        case 5 -> text.append(some(words, 10, random)).append(":");
        default -> text.append(some(words, 90, random));
      }
      text.append("\n\n");
    }
    return new Markdown(text.toString(), words);
  }

  private static String some(List<String> words, int most, Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i >= 0; i--) {
      String word = "w" + words.size() + "x";
      words.add(word);
      switch (random.nextInt(8)) {
        case 0 -> text.append("**").append(word).append("** ");
        case 1 -> text.append('`').append(word).append("` ");
        case 2 -> text.append('[').append(word).append("](http://example.org/) ");
        case 3 -> text.append(word).append(". ");
        default -> text.append(word).append(' ');
      }
    }
    return text.toString().strip();
  }

  /** Asserts that the passages hold every character of the text in its order. */
  static void assertCovers(List<Chunk> chunks, String text, String as) {
    String passages = chunks.stream().map(Chunk::text).reduce("", String::concat);
    int at = 0;
    StringBuilder missing = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        continue;
      }
      int found = passages.indexOf(c, at);
      if (found < 0) {
        missing.append(c);
      } else {
        at = found + 1;
      }
    }
    assertThat(missing.toString()).as("%s: lost of:\n%s", as, text).isEmpty();
  }
}
