package dev.slipway.rag.retrieval;

import dev.slipway.rag.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Remembers the steps that were taken and what was noted of them. */
final class NotedSteps implements Steps {
  private final List<String> taken = new ArrayList<>();
  private final Map<String, String> notes = new ConcurrentHashMap<>();

  @Override
  public <T> T timed(String step, Supplier<T> work) {
    synchronized (taken) {
      taken.add(step);
    }
    return work.get();
  }

  @Override
  public void note(String step, String what, String value) {
    notes.put(step + "." + what, value);
  }

  List<String> taken() {
    synchronized (taken) {
      return List.copyOf(taken);
    }
  }

  /** Returns a note, empty if there is none. */
  String note(String name) {
    return notes.getOrDefault(name, "");
  }
}
