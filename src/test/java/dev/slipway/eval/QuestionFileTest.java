package dev.slipway.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.eval.EvalQuestion.Wanted;
import dev.slipway.failure.UsageFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class QuestionFileTest {
  private static List<EvalQuestion> json(String text) {
    return QuestionFile.parse(text, false, "q.jsonl");
  }

  private static List<EvalQuestion> yaml(String text) {
    return QuestionFile.parse(text, true, "q.yaml");
  }

  @Test
  void jsonLinesAndYamlSayTheSame() {
    List<EvalQuestion> expected =
        List.of(
            new EvalQuestion(
                "one",
                "What?",
                List.of(new Wanted("a.md", 1), new Wanted("b.md", 3)),
                Optional.of("That."),
                List.of("no", "3"),
                Map.of("author", "Ada", "collection", "posts"),
                OptionalInt.of(5),
                List.of("x")),
            new EvalQuestion(
                "q2",
                "Why?",
                List.of(new Wanted("c.md", 1)),
                Optional.empty(),
                List.of(),
                Map.of(),
                OptionalInt.empty(),
                List.of()));

    assertThat(
            json(
                """
                {"id": "one", "query": "What?", "sources": ["a.md", {"source": "b.md", "grade": 3}], \
                "answer": "That.", "phrases": ["no", 3], "filter": {"author": "Ada"}, \
                "collection": "posts", "k": 5, "tags": ["x"]}

                {"query": "Why?", "sources": ["c.md"], "answer": null}
                """))
        .isEqualTo(expected);
    assertThat(
            yaml(
                """
                # questions
                - id: one
                  query: What?
                  sources: [a.md, {source: b.md, grade: 3}]
                  answer: That.
                  phrases: [no, 3]
                  filter: {author: Ada}
                  collection: posts
                  k: 5
                  tags: [x]
                - query: Why?
                  sources: [c.md]
                  answer: null
                """))
        .isEqualTo(expected);
  }

  @Test
  void everyProblemIsToldAtOnceWithItsLine() {
    UsageFailure failure =
        catchThrowableOfType(
            UsageFailure.class,
            () ->
                json(
                    """
                    {"id": "a", "query": "What?", "answer": "That."}
                    {"id": "a", "query": "", "answer": "That.", "sorces": []}
                    {"query": "Why?"}

                    not JSON
                    [1]
                    {"query": "Why?", "sources": [{"source": "b", "grade": 0}], "k": 1000, "tags": "x"}
                    {"query": "Why?", "phrases": ["?!"], "filter": {"a": {}}}
                    """));

    assertThat(failure.why().lines())
        .anyMatch(line -> line.startsWith("line 2: query: must be text"))
        .anyMatch(line -> line.startsWith("line 2: sorces: is not known"))
        .anyMatch(line -> line.equals("line 2: id: \"a\" is there twice, first on line 1"))
        .anyMatch(line -> line.startsWith("line 3: expects nothing"))
        .anyMatch(line -> line.startsWith("line 5: is not one JSON object"))
        .anyMatch(line -> line.startsWith("line 6: must be an object"))
        .anyMatch(line -> line.startsWith("line 7: sources: a grade is 1 to 100"))
        .anyMatch(line -> line.startsWith("line 7: k: must be a whole number of 1 to 100"))
        .anyMatch(line -> line.startsWith("line 7: tags: must be a list"))
        .anyMatch(line -> line.startsWith("line 8: phrases: \"?!\" holds no word"))
        .anyMatch(line -> line.startsWith("line 8: filter: must be text"))
        .hasSize(11);
  }

  @Test
  void aFieldOfYamlIsToldWithItsOwnLine() {
    UsageFailure failure =
        catchThrowableOfType(
            UsageFailure.class, () -> yaml("- query: Why?\n  answer: so\n  k: many\n"));

    assertThat(failure.why()).startsWith("line 3: k: ");
    assertThat(catchThrowableOfType(UsageFailure.class, () -> yaml("a: [")).why())
        .contains("is not YAML");
    assertThat(catchThrowableOfType(UsageFailure.class, () -> yaml("")).why())
        .isEqualTo("holds no question");
  }

  @Test
  void anAliasOfItselfEndsInAProblem() {
    UsageFailure failure =
        catchThrowableOfType(
            UsageFailure.class, () -> yaml("- query: Why?\n  answer: so\n  tags: &a [*a]\n"));

    assertThat(failure.why()).contains("nested too deeply");
  }
}
