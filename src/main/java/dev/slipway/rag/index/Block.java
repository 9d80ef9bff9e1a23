package dev.slipway.rag.index;

import java.util.ArrayList;
import java.util.List;

/** One piece of a document's structure, as plain text. */
sealed interface Block {

  /**
   * A heading.
   *
   * @param level from 1, the outermost
   */
  record Heading(int level, String text) implements Block {}

  /** Sentences that belong together. */
  record Paragraph(String text) implements Block {}

  /**
   * The start of a list item.
   *
   * @param depth from 0, the outermost list
   * @param marker as {@code -} or {@code 2.}
   */
  record Item(int depth, String marker, String text) implements Block {}

  /** A row of a table, already readable without its header. */
  record Row(String text) implements Block {

    /**
     * Makes a sentence that names each cell after its column, where the columns have names. The
     * first cell says what the row is about: {@code exit code 3, meaning: the manifest is invalid.}
     */
    static Row of(List<String> header, List<String> cells) {
      List<String> parts = new ArrayList<>();
      String subject = "";
      for (int i = 0; i < cells.size(); i++) {
        String name = i < header.size() ? header.get(i) : "";
        String cell = cells.get(i);
        if (cell.isBlank()) {
          continue;
        }
        if (i == 0 && !name.isBlank() && cells.size() > 1) {
          subject = name + " " + cell;
        } else {
          parts.add(name.isBlank() ? cell : name + ": " + cell);
        }
      }
      String rest = String.join("; ", parts);
      String row = subject + (subject.isEmpty() || rest.isEmpty() ? "" : ", ") + rest;
      return new Row(
          row.isEmpty() || ".!?".indexOf(row.charAt(row.length() - 1)) >= 0 ? row : row + ".");
    }
  }

  /** Preformatted text; its lines stay as they are. */
  record Code(String text) implements Block {}
}
