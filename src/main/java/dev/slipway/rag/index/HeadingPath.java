package dev.slipway.rag.index;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The document's title and the headings above the place that is being read. A heading that no
 * passage shows is handed back, so that its words are not lost.
 */
final class HeadingPath {

  private static final String SEPARATOR = " > ";
  private static final int MAX_HEADING = 100;
  private static final int MAX_PATH = 240;

  private final String title;
  private final Deque<Entry> entries = new ArrayDeque<>();

  private static final class Entry {
    final int level;
    final String text;
    boolean shown;

    Entry(int level, String text) {
      this.level = level;
      this.text = text;
    }
  }

  HeadingPath(String title) {
    this.title = shorten(Sentences.collapse(title));
  }

  /** Leaves the headings that the given level ends; returns those that no passage has shown. */
  List<String> leave(int level) {
    List<String> lost = new ArrayList<>();
    for (Entry last = entries.peekLast();
        last != null && last.level >= level;
        last = entries.peekLast()) {
      entries.removeLast();
      if (!last.shown) {
        lost.addFirst(last.text);
      }
    }
    return lost;
  }

  /** Enters a heading; returns its text if it is too long to be shown as a whole. */
  Optional<String> enter(int level, String text) {
    String heading = Sentences.collapse(text);
    String shown = shorten(heading);
    Entry entry = new Entry(level, shown);
    entry.shown = !shown.equals(heading);
    entries.addLast(entry);
    return shown.equals(heading) ? Optional.empty() : Optional.of(heading);
  }

  /** Returns the path for a passage here, and marks its headings as shown. */
  String show() {
    List<Entry> path = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.text.equals(title)) {
        entry.shown = true;
      } else {
        path.add(entry);
      }
    }
    // Where the path is too long, the headings nearest to the passage say most.
    while (path.size() > 1 && length(path) > MAX_PATH) {
      path.removeFirst();
    }
    StringBuilder shown = new StringBuilder(title);
    for (Entry entry : path) {
      entry.shown = true;
      shown.append(shown.isEmpty() ? "" : SEPARATOR).append(entry.text);
    }
    return shown.toString();
  }

  private int length(List<Entry> path) {
    return title.length()
        + path.stream().mapToInt(entry -> SEPARATOR.length() + entry.text.length()).sum();
  }

  private static String shorten(String text) {
    return text.length() <= MAX_HEADING ? text : Cut.firstPart(text, MAX_HEADING - 1) + "…";
  }
}
