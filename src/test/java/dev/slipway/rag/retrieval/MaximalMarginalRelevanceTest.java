package dev.slipway.rag.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.rag.Passage;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.Reranker;
import dev.slipway.rag.RerankerContract;
import dev.slipway.rag.index.HashingEmbedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaximalMarginalRelevanceTest extends RerankerContract {
  private final Reranker reranker = new MaximalMarginalRelevance(new HashingEmbedder("h", 512));

  @Override
  protected Reranker reranker() {
    return reranker;
  }

  @Test
  void aRepetitionFallsBehindSomethingElse() {
    List<Hit> hits =
        List.of(
            hit("a", "batching keeps the GPU busy"),
            hit("again", "batching keeps the GPU busy"),
            hit("other", "the GPU is idle without requests"));

    assertThat(reranker.rerank("how to keep the GPU busy with batching", hits, 2))
        .extracting(hit -> hit.passage().id())
        .containsExactly("a", "other");
  }

  /** 100 seeded sets of passages. */
  @Test
  void everyCandidateComesOnceAndTheFirstIsTheMostRelevant() {
    Random random = new Random(5);
    List<String> words = List.of("sea", "ship", "cat", "tax", "GPU", "night", "bill", "batch");
    for (int round = 0; round < 100; round++) {
      List<Hit> hits = new ArrayList<>();
      for (int i = random.nextInt(10); i >= 0; i--) {
        StringBuilder text = new StringBuilder();
        for (int j = random.nextInt(6); j >= 0; j--) {
          text.append(words.get(random.nextInt(words.size()))).append(' ');
        }
        hits.add(hit("p" + i, text.toString()));
      }

      List<Hit> ordered = reranker.rerank("ship at sea", hits, hits.size());

      assertThat(ordered)
          .extracting(Hit::passage)
          .containsExactlyInAnyOrderElementsOf(hits.stream().map(Hit::passage).toList());
      assertThat(ordered.getFirst().score())
          .isEqualTo(ordered.stream().mapToDouble(Hit::score).max().orElseThrow());
    }
  }

  private static Hit hit(String id, String text) {
    return new Hit(new Passage(id, "docs", id + ".md", "", 0, text, Map.of()), 1);
  }
}
