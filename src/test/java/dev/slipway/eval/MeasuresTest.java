package dev.slipway.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.eval.EvalQuestion.Wanted;
import dev.slipway.eval.Respondent.Found;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Holds the measures to figures that scikit-learn, NumPy, SciPy and Levenshtein made (their origin
 * is in vectors.json, the program beside it), and to what must be so of any ranking and text.
 */
final class MeasuresTest {
  private static final double EXACT = 1e-9;

  private static JsonNode vectors() throws IOException {
    try (InputStream text =
        Optional.ofNullable(MeasuresTest.class.getResourceAsStream("/eval/vectors.json"))
            .orElseThrow()) {
      return new ObjectMapper().readTree(text);
    }
  }

  private static List<Integer> integers(JsonNode array) {
    List<Integer> numbers = new ArrayList<>();
    array.forEach(each -> numbers.add(each.asInt()));
    return numbers;
  }

  private static List<Double> numbers(JsonNode array) {
    List<Double> numbers = new ArrayList<>();
    array.forEach(each -> numbers.add(each.asDouble()));
    return numbers;
  }

  @Test
  void rankingsScoreAsScikitLearnScoresThem() throws IOException {
    for (JsonNode each : vectors().path("rankings")) {
      List<Integer> gains = integers(each.path("gains"));
      List<Integer> grades = new ArrayList<>(gains.stream().filter(gain -> gain > 0).toList());
      grades.addAll(integers(each.path("missed")));
      RankQuality quality = new RankQuality(gains, grades);
      int k = each.path("k").asInt();

      assertThat(quality.ndcg(k)).isCloseTo(each.path("ndcg").asDouble(), within(EXACT));
      assertThat(quality.recall(k)).isCloseTo(each.path("recall").asDouble(), within(EXACT));
      assertThat(quality.reciprocalRank()).isCloseTo(each.path("mrr").asDouble(), within(EXACT));
    }
  }

  @Test
  void textsScoreAsCountsAndLevenshteinScoreThem() throws IOException {
    for (JsonNode each : vectors().path("texts")) {
      String expected = each.path("expected").asText();
      String given = each.path("given").asText();

      assertThat(Words.overlap(expected, given))
          .isCloseTo(each.path("overlap").asDouble(), within(EXACT));
      assertThat(Words.longestCommon(expected, given))
          .isCloseTo(each.path("rouge_l").asDouble(), within(EXACT));
    }
  }

  @Test
  void quantilesAreNumPysAndIntervalsNearSciPysBootstrap() throws IOException {
    for (JsonNode each : vectors().path("samples")) {
      Sample sample = Sample.of(numbers(each.path("values")));
      Sample.Interval interval = sample.interval();

      assertThat(sample.mean()).isCloseTo(each.path("mean").asDouble(), within(EXACT));
      assertThat(sample.quantile(0.5)).isCloseTo(each.path("p50").asDouble(), within(EXACT));
      assertThat(sample.quantile(0.95)).isCloseTo(each.path("p95").asDouble(), within(EXACT));
      assertThat(sample.quantile(0.99)).isCloseTo(each.path("p99").asDouble(), within(EXACT));
      // Both draw at random: they agree to a fraction of the interval.
      assertThat(interval.low()).isCloseTo(each.path("interval").path(0).asDouble(), within(0.02));
      assertThat(interval.high()).isCloseTo(each.path("interval").path(1).asDouble(), within(0.02));
    }
  }

  @Test
  void rankingsStayInBoundsAndAreBestInTheBestOrder() {
    var random = new Random(4);
    for (int round = 0; round < 300; round++) {
      List<Integer> grades = random.ints(1 + random.nextInt(5), 1, 5).boxed().toList();
      List<Integer> gains = new ArrayList<>(grades);
      random.ints(random.nextInt(6)).forEach(_ -> gains.add(0));
      List<Integer> best = gains.stream().sorted(Collections.reverseOrder()).toList();
      Collections.shuffle(gains, random);
      RankQuality shuffled = new RankQuality(gains, grades);
      RankQuality perfect = new RankQuality(best, grades);
      double before = 0;
      for (int k = 1; k <= gains.size(); k++) {
        assertThat(shuffled.recall(k)).isBetween(before, 1.0);
        before = shuffled.recall(k);
        assertThat(shuffled.ndcg(k)).isBetween(0.0, 1 + EXACT);
        assertThat(perfect.ndcg(k)).isCloseTo(1, within(EXACT));
        assertThat(perfect.recall(k)).isGreaterThanOrEqualTo(shuffled.recall(k));
      }
      assertThat(before).isEqualTo(1);
      assertThat(perfect.reciprocalRank()).isEqualTo(1);
      assertThat(shuffled.reciprocalRank()).isBetween(0.0, 1.0);
    }
  }

  @Test
  void textsStayInBoundsAndOrderCountsForRougeOnly() {
    var random = new Random(5);
    for (int round = 0; round < 200; round++) {
      String one = words(random);
      String other = words(random);
      double overlap = Words.overlap(one, other);

      assertThat(overlap).isBetween(0.0, 1.0).isEqualTo(Words.overlap(other, one));
      assertThat(Words.longestCommon(one, other)).isBetween(0.0, overlap + EXACT);
      assertThat(Words.overlap(one, one)).isEqualTo(1);
      assertThat(Words.longestCommon(one, one)).isEqualTo(1);
    }
    assertThat(Words.overlap("a b c", "c b a")).isEqualTo(1);
    assertThat(Words.longestCommon("a b c", "c b a")).isLessThan(0.5);
  }

  private static String words(Random random) {
    return String.join(
        " ", random.ints(1 + random.nextInt(9), 0, 8).mapToObj(word -> "w" + word).toList());
  }

  @Test
  void oneDocumentWithManyPassagesDoesNotStandForSeveral() {
    List<Found> ranking = List.of(found("1", "a.md"), found("2", "a.md"), found("3", "x/b.md"));

    RankQuality quality =
        RankQuality.of(
            List.of(new Wanted("a.md", 1), new Wanted("b.md", 3), new Wanted("c.md", 1)), ranking);

    assertThat(quality.gains()).containsExactly(1, 0, 3);
    assertThat(quality.recall(2)).isCloseTo(1.0 / 3, within(EXACT));
    assertThat(quality.recall(3)).isCloseTo(2.0 / 3, within(EXACT));
    assertThat(RankQuality.of(List.of(new Wanted("2", 1)), ranking).reciprocalRank())
        .isEqualTo(0.5);
  }

  private static Found found(String id, String source) {
    return new Found(id, source, "", "");
  }

  @Test
  void phrasesAreFoundWordForWordWhateverTheirCaseAndMarks() {
    assertThat(Words.phrases(List.of("exit code 3", "Übung"), "Exit-code 3, übung.")).isEqualTo(1);
    assertThat(Words.phrases(List.of("code 3", "invalid"), "Exit code 30 is INVALID"))
        .isEqualTo(0.5);
  }
}
