package dev.slipway.manifest;

import dev.slipway.failure.ManifestInvalid.Problem;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects the problems of one manifest; the same problem, seen through several environments,
 * counts once. Not for use by several threads.
 */
final class Findings {
  private final Set<Problem> problems = new LinkedHashSet<>();

  /** Notes a problem of an element. */
  void add(Element element, String message) {
    add(element.path(), element.line(), message);
  }

  /** Notes a problem at a place. */
  void add(String path, int line, String message) {
    problems.add(new Problem(path, line, message));
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  /** Returns the problems by line, those of one line in the order in which they were found. */
  List<Problem> byLine() {
    return problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList();
  }
}
