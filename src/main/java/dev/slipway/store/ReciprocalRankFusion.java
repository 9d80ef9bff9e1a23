package dev.slipway.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one ranking of several whose scores can't be compared: each entry scores the sum of {@code
 * 1 / (60 + rank)} over the rankings that it is in.
 *
 * <p>From Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and
 * individual Rank Learning Methods", SIGIR 2009, where 60 was found good and hardly critical.
 */
final class ReciprocalRankFusion {

  private static final int K = 60;

  private ReciprocalRankFusion() {}

  /**
   * An entry and its fused score.
   *
   * @param id what the rankings hold
   */
  record Ranked(int id, double score) {}

  /** Fuses rankings, best first; equal scores are ordered as in the first ranking, then by id. */
  static List<Ranked> fuse(List<List<Integer>> rankings) {
    Map<Integer, Double> scores = new HashMap<>();
    Map<Integer, Integer> places = new HashMap<>();
    for (List<Integer> ranking : rankings) {
      for (int place = 0; place < ranking.size(); place++) {
        scores.merge(ranking.get(place), 1.0 / (K + place + 1), Double::sum);
        places.putIfAbsent(ranking.get(place), place);
      }
    }
    List<Ranked> fused = new ArrayList<>();
    scores.forEach((id, score) -> fused.add(new Ranked(id, score)));
    fused.sort(
        Comparator.comparingDouble(Ranked::score)
            .reversed()
            .thenComparingInt(ranked -> places.getOrDefault(ranked.id(), Integer.MAX_VALUE))
            .thenComparingInt(Ranked::id));
    return fused;
  }
}
