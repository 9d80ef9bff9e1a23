package dev.slipway.standin.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The script of what goes wrong with which call. Calls are counted from the moment that a line is
 * added to the script, by their operation in the service's words ({@code ExecuteChangeSet}). Not
 * thread-safe by itself: the simulation takes one call at a time.
 */
public final class Faults {
  /** Stands for every operation. */
  public static final String ANY = "*";

  private final List<Line> lines = new ArrayList<>();
  private final Map<String, Integer> calls = new LinkedHashMap<>();

  private static final class Line {
    final String operation;
    final IntPredicate when;
    final Fault fault;
    int seen;

    Line(String operation, IntPredicate when, Fault fault) {
      this.operation = operation;
      this.when = when;
      this.fault = fault;
    }
  }

  /** Lets the {@code nth} call (from 1) of an operation go wrong. */
  public synchronized Faults on(String operation, int nth, Fault fault) {
    lines.add(new Line(operation, count -> count == nth, fault));
    return this;
  }

  /** Lets every call of an operation go wrong, from the {@code nth} (from 1) on. */
  public synchronized Faults from(String operation, int nth, Fault fault) {
    lines.add(new Line(operation, count -> count >= nth, fault));
    return this;
  }

  /** Ends the script: all goes well again. */
  public synchronized void clear() {
    lines.clear();
  }

  /** Returns how often each operation was called so far. */
  public synchronized Map<String, Integer> calls() {
    return Map.copyOf(calls);
  }

  /** Counts a call and returns what goes wrong with it, by the first line that says so. */
  public synchronized Optional<Fault> next(String operation) {
    calls.merge(operation, 1, Integer::sum);
    Optional<Fault> found = Optional.empty();
    for (Line line : lines) {
      if (line.operation.equals(ANY) || line.operation.equals(operation)) {
        line.seen++;
        if (found.isEmpty() && line.when.test(line.seen)) {
          found = Optional.of(line.fault);
        }
      }
    }
    return found;
  }
}
