package dev.slipway.eval;

import dev.slipway.eval.EvalQuestion.Wanted;
import dev.slipway.eval.Respondent.Found;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Says how well a ranking finds what is expected. An expected document counts at its first passage;
 * further ones of it are worth nothing, so that one document can't stand for several.
 *
 * @param gains the grade of what is newly found at each rank; 0 for none
 * @param grades of all that is expected
 */
record RankQuality(List<Integer> gains, List<Integer> grades) {

  static RankQuality of(List<Wanted> wanted, List<Found> ranking) {
    List<Wanted> left = new ArrayList<>(wanted);
    List<Integer> gains = new ArrayList<>();
    for (Found found : ranking) {
      // Of several names for the same passage, the one that is worth most counts.
      Optional<Wanted> best =
          left.stream().filter(each -> each.is(found)).max(Comparator.comparingInt(Wanted::grade));
      best.ifPresent(left::remove);
      gains.add(best.map(Wanted::grade).orElse(0));
    }
    return new RankQuality(gains, wanted.stream().map(Wanted::grade).toList());
  }

  /** Returns the share of what is expected that the first k hold. */
  double recall(int k) {
    long found = gains.stream().limit(k).filter(gain -> gain > 0).count();
    return (double) found / grades.size();
  }

  /** Returns one over the rank of the first that is expected; 0 if none is. */
  double reciprocalRank() {
    for (int i = 0; i < gains.size(); i++) {
      if (gains.get(i) > 0) {
        return 1.0 / (i + 1);
      }
    }
    return 0;
  }

  /** Returns the discounted gain of the first k, relative to the best that k could hold. */
  double ndcg(int k) {
    List<Integer> ideal = grades.stream().sorted(Comparator.reverseOrder()).toList();
    return discounted(gains, k) / discounted(ideal, k);
  }

  private static double discounted(List<Integer> gains, int k) {
    double sum = 0;
    for (int i = 0; i < Math.min(k, gains.size()); i++) {
      sum += gains.get(i) * Math.log(2) / Math.log(i + 2.0);
    }
    return sum;
  }
}
