package dev.slipway.rag.retrieval;

import dev.slipway.endpoint.Deadline;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.Reranker;
import dev.slipway.rag.Steps;
import dev.slipway.rag.retrieval.SideBySide.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Orders what was found anew, and keeps the old order where that fails. Thread-safe. */
final class Reranking {
  static final String STEP = "rerank";

  private final Reranker reranker;
  private final Duration budget;

  Reranking(Reranker reranker, Duration budget) {
    this.reranker = reranker;
    this.budget = budget;
  }

  /** Returns the best k, best first. */
  List<Hit> best(String question, List<Hit> found, int k, Deadline answer, Steps steps) {
    if (found.size() < 2) {
      return found;
    }
    return steps.timed(
        STEP,
        () -> {
          steps.note(STEP, "before", ids(found));
          Deadline until = Budget.of(budget, answer);
          return switch (SideBySide.run(
              () -> reranker.rerank(question, found, k), until.remaining())) {
            case Outcome.Done<List<Hit>>(List<Hit> ordered) -> {
              steps.note(STEP, "after", ids(ordered));
              yield ordered;
            }
            case Outcome<List<Hit>> none -> {
              steps.note(STEP, "passed_over", none.why());
              yield found;
            }
          };
        });
  }

  private static String ids(List<Hit> hits) {
    return hits.stream().map(hit -> hit.passage().id()).collect(Collectors.joining("\n"));
  }
}
