package dev.slipway.local.container;

import java.util.List;

/**
 * Ends a text at the first stop text that is said whole, however the text is cut into pieces. What
 * could still become a stop text is held back. For one generation, on one thread.
 */
final class StopText {
  private final List<String> stops;
  private final int longest;
  private final StringBuilder held = new StringBuilder();
  private boolean hit;

  /**
   * Makes a watch for the given texts.
   *
   * @param stops none of them empty; of two that end together the longer one counts
   */
  StopText(List<String> stops) {
    this.stops = List.copyOf(stops);
    this.longest = stops.stream().mapToInt(String::length).max().orElse(0);
  }

  /** Takes the next piece, and returns what may be shown now; empty once a stop text was said. */
  String add(String piece) {
    if (hit) {
      return "";
    }
    if (stops.isEmpty()) {
      return piece;
    }
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < piece.length(); i++) {
      held.append(piece.charAt(i));
      int cut = endsWithStop();
      if (cut >= 0) {
        hit = true;
        shown.append(held, 0, cut);
        held.setLength(0);
        return shown.toString();
      }
      if (held.length() >= longest) {
        shown.append(held.charAt(0));
        held.deleteCharAt(0);
      }
    }
    int keep = longestPrefixOfAStop();
    shown.append(held, 0, held.length() - keep);
    held.delete(0, held.length() - keep);
    if (!shown.isEmpty() && Character.isHighSurrogate(shown.charAt(shown.length() - 1))) {
      held.insert(0, shown.charAt(shown.length() - 1));
      shown.setLength(shown.length() - 1);
    }
    return shown.toString();
  }

  /** Returns what was held back and turned out to be no stop text; nothing more may be added. */
  String end() {
    String rest = held.toString();
    held.setLength(0);
    return rest;
  }

  /** Returns whether a stop text was said. */
  boolean hit() {
    return hit;
  }

  private int endsWithStop() {
    int cut = -1;
    for (String stop : stops) {
      int start = held.length() - stop.length();
      if (start >= 0 && (cut < 0 || start < cut) && held.indexOf(stop, start) == start) {
        cut = start;
      }
    }
    return cut;
  }

  private int longestPrefixOfAStop() {
    for (int length = Math.min(held.length(), longest - 1); length > 0; length--) {
      String tail = held.substring(held.length() - length);
      for (String stop : stops) {
        if (stop.startsWith(tail)) {
          return length;
        }
      }
    }
    return 0;
  }
}
