package dev.slipway.rag;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one ranking of several whose scores can't be compared: each entry scores the sum of {@code
 * 1 / (60 + rank)} over the rankings that it is in.
 *
 * <p>From Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and
 * individual Rank Learning Methods", SIGIR 2009, where 60 was found good and hardly critical.
 */
public final class ReciprocalRankFusion {

  private static final int K = 60;

  private ReciprocalRankFusion() {}

  /**
   * An entry and its fused score.
   *
   * @param id what the rankings hold
   */
  public record Ranked<T>(T id, double score) {}

  /**
   * Fuses rankings, best first; equal scores are ordered by the better place in the first ranking
   * that has the entry, then by its natural order.
   *
   * @param rankings each best first, no entry twice in one
   */
  public static <T extends Comparable<T>> List<Ranked<T>> fuse(List<List<T>> rankings) {
    Map<T, Double> scores = new LinkedHashMap<>();
    Map<T, Integer> places = new LinkedHashMap<>();
    for (List<T> ranking : rankings) {
      for (int place = 0; place < ranking.size(); place++) {
        scores.merge(ranking.get(place), 1.0 / (K + place + 1), Double::sum);
        places.putIfAbsent(ranking.get(place), place);
      }
    }
    List<Ranked<T>> fused = new ArrayList<>();
    scores.forEach((id, score) -> fused.add(new Ranked<>(id, score)));
    fused.sort(
        Comparator.comparingDouble((Ranked<T> ranked) -> ranked.score())
            .reversed()
            .thenComparing(ranked -> places.getOrDefault(ranked.id(), Integer.MAX_VALUE))
            .thenComparing(Ranked::id));
    return fused;
  }
}
