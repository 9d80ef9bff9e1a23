package dev.slipway.eval;

import dev.slipway.eval.Respondent.Answered;
import dev.slipway.eval.Respondent.Response;
import dev.slipway.eval.Respondent.Unanswered;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A question with what came of it.
 *
 * @param scores by measure; those that nothing was expected of are absent
 * @param recallAt the recall of the first, of the first two, and so on; empty if no source is
 *     expected
 */
record Scored(
    EvalQuestion question, Response response, Map<Measure, Double> scores, List<Double> recallAt) {

  Scored {
    scores = Map.copyOf(scores);
    recallAt = List.copyOf(recallAt);
  }

  /**
   * Scores a response: a question without an answer gets 0 in all that was expected of it.
   *
   * @param k how many passages were asked for
   */
  static Scored of(EvalQuestion question, Response response, int k, Faithfulness faithfulness) {
    Answered answer =
        switch (response) {
          case Answered answered -> answered;
          case Unanswered _ -> new Answered("", List.of(), Map.of(), "");
        };
    Map<Measure, Double> scores = new EnumMap<>(Measure.class);
    List<Double> recallAt = List.of();
    if (!question.sources().isEmpty()) {
      RankQuality quality = RankQuality.of(question.sources(), answer.sources());
      scores.put(Measure.RECALL, quality.recall(k));
      scores.put(Measure.MRR, quality.reciprocalRank());
      scores.put(Measure.NDCG, quality.ndcg(k));
      recallAt = java.util.stream.IntStream.rangeClosed(1, k).mapToObj(quality::recall).toList();
    }
    question
        .answer()
        .ifPresent(
            expected -> {
              scores.put(Measure.OVERLAP, Words.overlap(expected, answer.text()));
              scores.put(Measure.ROUGE_L, Words.longestCommon(expected, answer.text()));
            });
    if (!question.phrases().isEmpty()) {
      scores.put(Measure.PHRASES, Words.phrases(question.phrases(), answer.text()));
    }
    faithfulness
        .of(answer.text(), answer.sources().stream().map(Respondent.Found::text).toList())
        .ifPresent(share -> scores.put(Measure.FAITHFULNESS, share));
    return new Scored(question, response, scores, recallAt);
  }

  /** Returns the mean of all that was measured, to order questions by; 0 if nothing was. */
  double whole() {
    return scores.values().stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }
}
