package dev.slipway.rag;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.rag.ReciprocalRankFusion.Ranked;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReciprocalRankFusionTest {

  @Test
  void whatTwoRankingsHaveComesBeforeWhatOneHasFirst() {
    List<Ranked<String>> fused =
        ReciprocalRankFusion.fuse(List.of(List.of("a", "both"), List.of("b", "both")));

    assertThat(fused).extracting(Ranked::id).containsExactly("both", "a", "b");
    assertThat(fused.getFirst().score()).isEqualTo(2.0 / 62);
  }

  @Test
  void oneRankingKeepsItsOrder() {
    assertThat(ReciprocalRankFusion.fuse(List.of(List.of(3, 1, 2))))
        .extracting(Ranked::id)
        .containsExactly(3, 1, 2);
    assertThat(ReciprocalRankFusion.fuse(List.<List<Integer>>of())).isEmpty();
  }

  /** Of 200 seeded sets of rankings. */
  @Test
  void everyEntryComesOnceInTheOrderOfItsScore() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      List<List<Integer>> rankings = new ArrayList<>();
      Set<Integer> all = new HashSet<>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        List<Integer> ranking = new ArrayList<>();
        for (int id = 0; id < 20; id++) {
          if (random.nextBoolean()) {
            ranking.add(id);
          }
        }
        Collections.shuffle(ranking, random);
        rankings.add(ranking);
        all.addAll(ranking);
      }
      List<Ranked<Integer>> fused = ReciprocalRankFusion.fuse(rankings);

      assertThat(fused).extracting(Ranked::id).doesNotHaveDuplicates().hasSize(all.size());
      for (int i = 0; i < fused.size(); i++) {
        double expected = 0;
        for (List<Integer> ranking : rankings) {
          int place = ranking.indexOf(fused.get(i).id());
          expected += place < 0 ? 0 : 1.0 / (61 + place);
        }
        assertThat(fused.get(i).score()).isCloseTo(expected, within());
        assertThat(i == 0 || fused.get(i - 1).score() >= fused.get(i).score()).isTrue();
      }
      assertThat(ReciprocalRankFusion.fuse(rankings)).isEqualTo(fused);
    }
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-12);
  }
}
