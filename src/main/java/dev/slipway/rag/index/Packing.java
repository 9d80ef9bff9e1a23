package dev.slipway.rag.index;

import java.util.ArrayList;
import java.util.List;

/** Fills passages one after the other. */
final class Packing {

  private final PassageSize size;
  private final HeadingPath headings;
  private final List<Chunk> chunks = new ArrayList<>();
  private final StringBuilder open = new StringBuilder();
  // What the open passage only repeats: nothing is lost if no more follows.
  private int repeated;
  // The sentence, ending with a colon, that the next list, table or code belongs to.
  private String leadIn = "";

  Packing(PassageSize size, HeadingPath headings) {
    this.size = size;
    this.headings = headings;
  }

  List<Chunk> chunks() {
    return List.copyOf(chunks);
  }

  /** Closes the open passage and forgets the lead-in. */
  void flush() {
    leadIn = "";
    close();
  }

  /** Makes a passage of its own of a heading that nothing stands under. */
  void lone(String heading) {
    flush();
    append(heading, "");
    close();
  }

  /** Adds a paragraph. */
  void paragraph(String text) {
    String paragraph = Sentences.collapse(text);
    if (paragraph.isEmpty()) {
      return;
    }
    if (!fits(paragraph, size.target())) {
      close();
    }
    if (paragraph.length() <= size.max()) {
      append(paragraph, "\n");
    } else {
      sentences(paragraph);
    }
    leadIn = lastSentenceIfLeading(paragraph);
  }

  /** Adds a list item or a row; it starts a passage with its lead-in where the open one is full. */
  void line(String prefix, String text) {
    String words = Sentences.collapse(text);
    if (words.isEmpty()) {
      return;
    }
    String line = prefix + words;
    if (!fits(line, size.target())) {
      close();
      lead(line);
    }
    if (fits(line, size.max())) {
      append(line, "\n");
    } else {
      append(prefix.strip(), "\n");
      Sentences.of(words).forEach(sentence -> pieces(sentence, " "));
    }
  }

  /** Adds code; it stays with the text above it where both fit into one passage. */
  void code(String text) {
    String code = trimBlankLines(text);
    if (code.isBlank()) {
      return;
    }
    if (!fits(code, size.max())) {
      close();
      lead(code);
    }
    if (fits(code, size.max())) {
      append(code, "\n");
      return;
    }
    for (String line : code.split("\n", -1)) {
      if (fits(line, size.max())) {
        append(line, "\n");
      } else {
        close();
        lead(line);
        if (fits(line, size.max())) {
          append(line, "\n");
        } else {
          close();
          Cut.parts(line, size.max()).forEach(part -> piece(part, "\n"));
        }
      }
    }
  }

  /** Cuts a paragraph at its sentences into passages of about the same length. */
  private void sentences(String paragraph) {
    int goal = paragraph.length() / Math.ceilDiv(paragraph.length(), size.target());
    String previous = "";
    for (String sentence : Sentences.of(paragraph)) {
      boolean full = open.length() - repeated > 0 && open.length() + sentence.length() / 2 > goal;
      if (full || !fits(sentence, size.max())) {
        close();
        if (previous.length() <= size.overlap()
            && previous.length() + 1 + sentence.length() <= size.max()) {
          repeat(previous);
        }
      }
      pieces(sentence, " ");
      previous = sentence;
    }
  }

  /** Adds text that may be longer than a passage, cut between words. */
  private void pieces(String text, String separator) {
    if (fits(text, size.max())) {
      append(text, separator);
    } else {
      int room = size.max() - open.length() - separator.length();
      // A part that is no more than a few words long helps nobody.
      if (room < size.max() / 4) {
        close();
      }
      String first = Cut.firstPart(text, open.isEmpty() ? size.max() : room);
      append(first, separator);
      Cut.parts(text.substring(first.length()), size.max()).forEach(part -> piece(part, separator));
    }
  }

  private void piece(String part, String separator) {
    if (!fits(part, size.max())) {
      close();
    }
    append(part, separator);
  }

  /** Starts a passage with the lead-in, if it leaves room for what follows. */
  private void lead(String next) {
    if (!leadIn.isEmpty() && leadIn.length() + 1 + next.length() <= size.max()) {
      repeat(leadIn);
    }
  }

  private void repeat(String text) {
    append(text, "");
    repeated = open.length();
  }

  private boolean fits(String text, int limit) {
    return text.length() + (open.isEmpty() ? 0 : open.length() + 1) <= limit;
  }

  private void append(String text, String separator) {
    open.append(open.isEmpty() ? "" : separator).append(text);
  }

  private void close() {
    if (open.length() > repeated && !open.toString().isBlank()) {
      chunks.add(new Chunk(headings.show(), chunks.size(), open.toString().stripTrailing()));
    }
    open.setLength(0);
    repeated = 0;
  }

  private String lastSentenceIfLeading(String paragraph) {
    String last = Sentences.of(paragraph).getLast();
    return last.endsWith(":") && last.length() <= size.max() / 2 ? last : "";
  }

  private static String trimBlankLines(String code) {
    int start = 0;
    for (int i = 0; i < code.length() && Character.isWhitespace(code.charAt(i)); i++) {
      if (code.charAt(i) == '\n') {
        start = i + 1;
      }
    }
    return code.substring(start).stripTrailing();
  }
}
