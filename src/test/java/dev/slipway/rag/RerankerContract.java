package dev.slipway.rag;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.rag.PassageSearch.Hit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every reranker does. A subclass makes it. */
public abstract class RerankerContract {
  private static final List<Hit> CANDIDATES =
      List.of(
          Passages.hit("ships", 0.3, "Ships sail the sea."),
          Passages.hit("cats", 0.2, "Cats purr."),
          Passages.hit("tax", 0.1, "The tax is due in May."));

  /** Makes the reranker. */
  protected abstract Reranker reranker();

  @Test
  void whatAnswersTheQuestionComesFirst() {
    assertThat(ids(reranker().rerank("When is the tax due?", CANDIDATES, 3)))
        .startsWith("tax")
        .containsExactlyInAnyOrder("ships", "cats", "tax");
  }

  @Test
  void onlyTheBestAreKept() {
    assertThat(ids(reranker().rerank("When is the tax due?", CANDIDATES, 1)))
        .containsExactly("tax");
    assertThat(reranker().rerank("When is the tax due?", CANDIDATES, 9)).hasSize(3);
    assertThat(reranker().rerank("When is the tax due?", CANDIDATES, 0)).isEmpty();
    assertThat(reranker().rerank("When is the tax due?", List.of(), 3)).isEmpty();
  }

  @Test
  void theSameQuestionGetsTheSameOrderAndScores() {
    assertThat(reranker().rerank("ships and cats", CANDIDATES, 3))
        .isEqualTo(reranker().rerank("ships and cats", CANDIDATES, 3));
  }

  @Test
  void oddTextsAreOrderedToo() {
    Hit odd = Passages.hit("odd", 0.1, "\uD800 \u0000 " + "word ".repeat(5000));

    assertThat(ids(reranker().rerank("\uDC00 \u0000", List.of(odd, CANDIDATES.getFirst()), 2)))
        .containsExactlyInAnyOrder("odd", "ships");
  }

  private static List<String> ids(List<Hit> hits) {
    return hits.stream().map(hit -> hit.passage().id()).toList();
  }
}
