package dev.slipway.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with a file. */
final class Problems {
  private record Problem(int line, String text) {}

  private final List<Problem> found = new ArrayList<>();

  /** Adds one; line 0 stands for the whole file. */
  void add(int line, String text) {
    found.add(new Problem(line, text));
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  String byLine() {
    return found.stream()
        .sorted(Comparator.comparingInt(Problem::line))
        .map(each -> each.line() == 0 ? each.text() : "line " + each.line() + ": " + each.text())
        .collect(Collectors.joining("\n"));
  }
}
