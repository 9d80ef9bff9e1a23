package dev.slipway.rag.index;

import dev.slipway.rag.index.IndexReport.Remark;
import dev.slipway.rag.index.IndexReport.Skipped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what was not indexed, and why. */
final class Tally {

  private final Map<String, Skipped> skipped = new TreeMap<>();
  private final List<Remark> problems = new ArrayList<>();
  private final List<Remark> notes = new ArrayList<>();

  void skip(String reason, String source) {
    skipped.merge(
        reason,
        new Skipped(reason, 1, source),
        (before, one) -> new Skipped(reason, before.count() + 1, before.example()));
  }

  void problem(String source, String text) {
    problems.add(new Remark(source, text));
  }

  void note(String source, String text) {
    notes.add(new Remark(source, text));
  }

  List<Skipped> skipped() {
    return List.copyOf(skipped.values());
  }

  List<Remark> problems() {
    return List.copyOf(problems);
  }

  List<Remark> notes() {
    return List.copyOf(notes);
  }
}
