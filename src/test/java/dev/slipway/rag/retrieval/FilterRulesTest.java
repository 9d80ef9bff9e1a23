package dev.slipway.rag.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterRulesTest {
  private static final Map<String, List<String>> KNOWN =
      Map.of(
          "author", List.of("Ada Byron", "Ada Lovelace", "Alan Turing", "Kim", "Zoë Müller"),
          "type", List.of("post", "release notes", "talks"),
          "date", List.of("2022-12-31", "2023-06-11", "2024-05-06", "2024-05-30T10:00Z", "2025"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '%',
      value = {
        "What did Alan Turing say about tape?             % author=Alan Turing",
        "what did ALAN  TURING say                        % author=Alan Turing",
        "Anything by Lovelace on loops?                   % author=Ada Lovelace",
        "Anything by Ada Lovelace?                        % author=Ada Lovelace",
        "Anything by Ada?                                 % author=Ada Byron | Ada Lovelace",
        "Where is Kim's setup described?                  % author=Kim",
        "Anything by \"Kim\"?                             % author=Kim",
        "author: kim, on GPUs                             % author=Kim",
        "Was sagt Zoë Müller dazu?                        % author=Zoë Müller",
        "GPUs from posts by Kim                           % author=Kim; type=post",
        "GPUs in a talk from talks                        % type=talks",
        "What changed in the release notes?               % type=release notes",
        "type=talk about tape                             % type=talks",
        "What was said in 2023?                           % date=2023-06-11",
        "What was said in May 2024?                       % date=2024-05-06 | 2024-05-30T10:00Z",
        "What was said on 2024-05-06?                     % date=2024-05-06",
        "since 2024, what changed?                        % date=2024-05-06 | 2024-05-30T10:00Z | 2025",
        "after 2022 and before 2024-01                    % date=2023-06-11",
        "in 2023 or in 2025                               % date=2023-06-11 | 2025",
        "posts by Alan Turing from 2023                   % author=Alan Turing; date=2023-06-11",
      })
  void whatAQuestionNamesBecomesTheFilter(String question, String filter) {
    assertThat(SelfQuery.shown(FilterRules.filter(question, KNOWN))).isEqualTo(filter);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "How do I post a question?",
        "Is the kimono blue?",
        "Who is Kimberley's friend?",
        "How do I talk to it?",
        "What is 2024 plus 1?",
        "What is in 20245?",
        "May I ask in 1999?",
        "Anything not by Alan Turing?",
        "Everything except Alan Turing",
        "",
        "by ",
        "by \\E.*(["
      })
  void whatIsNotMeantIsNoFilter(String question) {
    assertThat(FilterRules.filter(question, KNOWN)).isEmpty();
  }

  @Test
  void valuesThatLookLikePatternsAreText() {
    Map<String, List<String>> odd = Map.of("tag", List.of(".*", "c++", "a|b", "\\E", "(", " "));

    assertThat(FilterRules.filter("anything by anyone", odd)).isEmpty();
    assertThat(FilterRules.filter("tag: a|b please", odd)).isEqualTo(Map.of("tag", Set.of("a|b")));
  }

  /** 500 seeded questions of odd characters; whatever they say, the filter is of known values. */
  @Test
  void onlyKnownValuesComeOut() {
    Random random = new Random(11);
    String[] pieces = {
      "by ",
      "Ada",
      "Lovelace",
      "in 2024",
      "-05",
      "'s",
      "\"",
      " ",
      "not ",
      "type:",
      "post",
      "Kim",
      "\uD83D",
      "é",
      "in May ",
      "since ",
      "(",
      "\\",
      "\n"
    };
    for (int round = 0; round < 500; round++) {
      StringBuilder question = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        question.append(pieces[random.nextInt(pieces.length)]);
      }
      FilterRules.filter(question.toString(), KNOWN)
          .forEach(
              (field, values) ->
                  assertThat(KNOWN.getOrDefault(field, List.of())).containsAll(values));
    }
  }
}
