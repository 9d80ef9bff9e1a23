package dev.slipway.rag.retrieval;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Deadline;
import dev.slipway.rag.ControlTokens;
import dev.slipway.rag.Steps;
import dev.slipway.rag.retrieval.SideBySide.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Takes a filter over known metadata from a question: by rules first, and for the fields that these
 * leave open by the model, if it may be asked. Thread-safe.
 */
final class SelfQuery {
  static final String STEP = "self_query";

  /** Of a field with more values the rest can't be asked for; no list of names is longer. */
  private static final int MOST_VALUES = 1000;

  private final List<String> fields;
  private final Duration budget;
  private final Optional<FilterModel> model;

  SelfQuery(
      List<String> fields,
      Duration budget,
      Optional<ChatModel> model,
      ControlTokens controlTokens) {
    this.fields = fields;
    this.budget = budget;
    this.model = model.map(asked -> new FilterModel(asked, controlTokens));
  }

  /** Returns, by field, the values of which passages must have one; empty for no filter. */
  Map<String, Set<String>> filter(String question, Scope scope, Deadline answer, Steps steps) {
    List<String> open = fields.stream().filter(scope::leavesOpen).toList();
    if (open.isEmpty()) {
      return Map.of();
    }
    return steps.timed(STEP, () -> filter(question, open, scope, answer, steps));
  }

  private Map<String, Set<String>> filter(
      String question, List<String> open, Scope scope, Deadline answer, Steps steps) {
    Deadline until = Budget.of(budget, answer);
    // Asked anew each time: documents may be indexed while this runs.
    Map<String, List<String>> known =
        switch (SideBySide.run(() -> values(open, scope), until.remaining())) {
          case Outcome.Done<Map<String, List<String>>>(var values) -> values;
          case Outcome<Map<String, List<String>>> none -> {
            steps.note(STEP, "passed_over", none.why());
            yield Map.of();
          }
        };
    Map<String, Set<String>> filter = new TreeMap<>(FilterRules.filter(question, known));
    List<String> by = new ArrayList<>(filter.isEmpty() ? List.of() : List.of("rules"));
    Map<String, List<String>> left = new TreeMap<>(known);
    left.keySet().removeAll(filter.keySet());
    if (!left.isEmpty()) {
      Map<String, Set<String>> picked = picked(question, left, until, steps);
      if (!picked.isEmpty()) {
        filter.putAll(picked);
        by.add("model");
      }
    }
    steps.note(STEP, "filter", shown(filter));
    if (!by.isEmpty()) {
      steps.note(STEP, "by", String.join(", ", by));
    }
    return filter;
  }

  private static Map<String, List<String>> values(List<String> fields, Scope scope) {
    Map<String, List<String>> known = new TreeMap<>();
    for (String field : fields) {
      List<String> values = scope.values(field, MOST_VALUES);
      if (!values.isEmpty()) {
        known.put(field, values);
      }
    }
    return known;
  }

  private Map<String, Set<String>> picked(
      String question, Map<String, List<String>> known, Deadline until, Steps steps) {
    if (model.isEmpty()) {
      steps.note(STEP, "model", "not asked: it is too small");
      return Map.of();
    }
    return switch (SideBySide.run(
        () -> model.get().filter(question, known, until), until.remaining())) {
      case Outcome.Done<Map<String, Set<String>>>(var filter) -> filter;
      case Outcome<Map<String, Set<String>>> none -> {
        steps.note(STEP, "model", "passed over: " + none.why());
        yield Map.of();
      }
    };
  }

  /** Writes a filter as {@code author=Ada | Bob; date=2024-05-06}. */
  static String shown(Map<String, Set<String>> filter) {
    return filter.isEmpty()
        ? "none"
        : filter.entrySet().stream()
            .map(field -> field.getKey() + "=" + String.join(" | ", field.getValue()))
            .collect(Collectors.joining("; "));
  }
}
