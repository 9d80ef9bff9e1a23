package dev.slipway.eval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.eval.EvalQuestion.Wanted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** Makes a question of an entry, and notes all that is wrong with it. */
final class QuestionReader {
  private static final Set<String> FIELDS =
      Set.of("id", "query", "sources", "answer", "phrases", "filter", "collection", "k", "tags");

  /** What {@code POST /rag} takes. */
  private static final int MOST_PASSAGES = 100;

  private static final int BEST_GRADE = 100;

  private final Item item;
  private final Problems problems;

  QuestionReader(Item item, Problems problems) {
    this.item = item;
    this.problems = problems;
  }

  /**
   * Reads it; empty if it is no question at all.
   *
   * @param number of the question, which names it if it has no id
   */
  Optional<EvalQuestion> read(int number) {
    if (!item.value().isObject()) {
      problems.add(item.line(), "must be an object with the field query");
      return Optional.empty();
    }
    Set<String> unknown = new TreeSet<>();
    item.value().fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(FIELDS);
    unknown.forEach(
        field ->
            wrong(field, "is not known; known are " + String.join(", ", new TreeSet<>(FIELDS))));
    Optional<String> query = text("query");
    if (query.isEmpty() && field("query").isEmpty()) {
      wrong("query", "is missing");
    }
    List<Wanted> sources = sources();
    List<String> phrases = texts("phrases");
    phrases.stream()
        .filter(phrase -> Words.of(phrase).isEmpty())
        .forEach(phrase -> wrong("phrases", "\"" + phrase + "\" holds no word"));
    Optional<String> answer = text("answer");
    if (sources.isEmpty() && phrases.isEmpty() && answer.isEmpty() && nothingExpected()) {
      problems.add(item.line(), "expects nothing: give sources, answer or phrases");
    }
    Map<String, String> filter = filter();
    text("collection").ifPresent(name -> filter.put("collection", name));
    return Optional.of(
        new EvalQuestion(
            text("id").orElse("q" + number),
            query.orElse(""),
            sources,
            answer,
            phrases,
            filter,
            passages(),
            texts("tags")));
  }

  private boolean nothingExpected() {
    // What is there but wrong was named already.
    return List.of("sources", "phrases", "answer").stream().allMatch(name -> field(name).isEmpty());
  }

  private Optional<JsonNode> field(String name) {
    return Optional.ofNullable(item.value().get(name)).filter(value -> !value.isNull());
  }

  private Optional<String> text(String name) {
    return field(name).flatMap(value -> text(name, value));
  }

  private Optional<String> text(String name, JsonNode value) {
    if ((value.isTextual() || value.isIntegralNumber()) && !value.asText().isBlank()) {
      return Optional.of(value.asText());
    }
    wrong(name, "must be text, is " + shown(value));
    return Optional.empty();
  }

  private List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (JsonNode each : list(name)) {
      text(name, each).ifPresent(texts::add);
    }
    return texts;
  }

  private List<JsonNode> list(String name) {
    Optional<JsonNode> value = field(name);
    if (value.isEmpty()) {
      return List.of();
    }
    if (!value.get().isArray()) {
      wrong(name, "must be a list, is " + shown(value.get()));
      return List.of();
    }
    List<JsonNode> items = new ArrayList<>();
    value.get().forEach(items::add);
    return items;
  }

  private List<Wanted> sources() {
    List<Wanted> sources = new ArrayList<>();
    for (JsonNode each : list("sources")) {
      if (!each.isObject()) {
        text("sources", each).ifPresent(name -> sources.add(new Wanted(name, 1)));
        continue;
      }
      Set<String> others = new TreeSet<>();
      each.fieldNames().forEachRemaining(others::add);
      others.removeAll(Set.of("source", "grade"));
      JsonNode grade = each.path("grade");
      if (!others.isEmpty() || !each.path("source").isTextual()) {
        wrong(
            "sources", "must be names, or {\"source\": NAME, \"grade\": 1}; one is " + shown(each));
      } else if (!grade.isMissingNode() && !(grade.isInt() && inside(grade.asInt(), BEST_GRADE))) {
        wrong("sources", "a grade is 1 to " + BEST_GRADE + ", not " + shown(grade));
      } else {
        sources.add(new Wanted(each.path("source").asText(), grade.asInt(1)));
      }
    }
    if (sources.stream().map(Wanted::name).distinct().count() < sources.size()) {
      wrong("sources", "names a source twice");
    }
    return sources;
  }

  private Map<String, String> filter() {
    Map<String, String> filter = new LinkedHashMap<>();
    field("filter")
        .ifPresent(
            value -> {
              if (!value.isObject()) {
                wrong("filter", "must be an object of text, is " + shown(value));
                return;
              }
              value
                  .properties()
                  .forEach(
                      entry ->
                          text("filter", entry.getValue())
                              .ifPresent(text -> filter.put(entry.getKey(), text)));
            });
    return filter;
  }

  private OptionalInt passages() {
    Optional<JsonNode> value = field("k");
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!value.get().isInt() || !inside(value.get().asInt(), MOST_PASSAGES)) {
      wrong("k", "must be a whole number of 1 to " + MOST_PASSAGES + ", is " + shown(value.get()));
      return OptionalInt.empty();
    }
    return OptionalInt.of(value.get().asInt());
  }

  private static boolean inside(int number, int most) {
    return number >= 1 && number <= most;
  }

  private void wrong(String field, String text) {
    problems.add(item.line(field), field + ": " + text);
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
