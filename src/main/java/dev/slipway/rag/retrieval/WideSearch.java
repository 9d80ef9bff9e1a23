package dev.slipway.rag.retrieval;

import dev.slipway.endpoint.Deadline;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.Embedder;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.ReciprocalRankFusion;
import dev.slipway.rag.Steps;
import dev.slipway.rag.retrieval.SideBySide.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Searches for several questions in several collections at once, and fuses what is found. Each
 * question is looked for in all collections together, where ranks compare, and in each alone, so
 * that a large collection doesn't drown a small one. Thread-safe.
 */
final class WideSearch {
  private static final String EMBED = "embed";
  private static final String SEARCH = "search";

  private final Embedder embedder;

  WideSearch(Embedder embedder) {
    this.embedder = embedder;
  }

  /** A question and where it lies among passages. */
  private record Asked(String text, float[] embedding) {}

  /**
   * Returns the best hits, best first; without the filter if nothing suits it.
   *
   * @param questions the caller's own first; a failure of the others' searches is passed over
   * @param depth how many hits come back at most, and each search looks for
   * @throws dev.slipway.failure.Failure if the caller's own question can't be searched for
   */
  List<Hit> search(
      List<String> questions,
      Scope scope,
      Map<String, Set<String>> filter,
      int depth,
      Deadline until,
      Steps steps) {
    List<Asked> asked = steps.timed(EMBED, () -> embed(questions, until, steps));
    return steps.timed(
        SEARCH,
        () -> {
          List<Hit> found = all(asked, scope, filter, depth, until, steps);
          if (found.isEmpty() && !filter.isEmpty()) {
            steps.note(SEARCH, "searched_again", "without the filter: nothing suits it");
            found = all(asked, scope, Map.of(), depth, until, steps);
          }
          steps.note(SEARCH, "found", Integer.toString(found.size()));
          return found;
        });
  }

  private List<Asked> embed(List<String> questions, Deadline until, Steps steps) {
    List<Callable<Asked>> work = new ArrayList<>();
    for (String question : questions) {
      work.add(() -> new Asked(question, embedder.embedQuestion(question)));
    }
    return values(EMBED, work, until, steps);
  }

  private static List<Hit> all(
      List<Asked> asked,
      Scope scope,
      Map<String, Set<String>> filter,
      int depth,
      Deadline until,
      Steps steps) {
    List<String> collections = scope.collections(filter);
    List<Callable<List<Hit>>> searches = new ArrayList<>();
    for (Asked each : asked) {
      searches.add(() -> scope.search(each.text(), each.embedding(), collections, filter, depth));
      if (collections.size() > 1) {
        for (String one : collections) {
          searches.add(
              () -> scope.search(each.text(), each.embedding(), List.of(one), filter, depth));
        }
      }
    }
    steps.note(SEARCH, "searches", Integer.toString(searches.size()));
    steps.note(SEARCH, "collections", String.join(", ", collections));
    List<List<Hit>> rankings = values(SEARCH, searches, until, steps);
    return rankings.size() == 1 ? rankings.getFirst() : fused(rankings, depth);
  }

  private static List<Hit> fused(List<List<Hit>> rankings, int depth) {
    Map<String, Hit> hits = new LinkedHashMap<>();
    rankings.forEach(ranking -> ranking.forEach(hit -> hits.putIfAbsent(hit.passage().id(), hit)));
    List<List<String>> ids =
        rankings.stream()
            .map(ranking -> ranking.stream().map(hit -> hit.passage().id()).distinct().toList())
            .toList();
    List<Hit> fused = new ArrayList<>();
    for (ReciprocalRankFusion.Ranked<String> ranked : ReciprocalRankFusion.fuse(ids)) {
      Hit hit = hits.get(ranked.id());
      if (hit != null && fused.size() < depth) {
        fused.add(new Hit(hit.passage(), ranked.score()));
      }
    }
    return fused;
  }

  /** Does the first piece of work and as many of the others as go well, side by side. */
  private static <T> List<T> values(
      String step, List<Callable<T>> work, Deadline until, Steps steps) {
    List<Outcome<T>> outcomes = SideBySide.run(work, until.remaining());
    List<T> values = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (Outcome<T> outcome : outcomes) {
      switch (outcome) {
        case Outcome.Done<T>(T value) -> values.add(value);
        case Outcome.Failed<T>(Throwable cause) when values.isEmpty() -> throw failed(cause);
        case Outcome.Late<T> _ when values.isEmpty() -> throw late();
        case Outcome<T> none -> missing.add(none.why());
      }
    }
    if (!missing.isEmpty()) {
      steps.note(
          step,
          "passed_over",
          missing.size() + " of " + work.size() + ": " + missing.stream().distinct().toList());
    }
    return values;
  }

  private static RuntimeException failed(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : unexpected(cause);
  }

  private static EndpointFailure late() {
    return new EndpointFailure(
        EndpointFailure.Kind.TIMEOUT,
        OptionalInt.empty(),
        "There is no answer in time",
        "the time for it was over before its passages were found.",
        "Ask again, or allow more time (api.limits.deadline).",
        null);
  }

  private static OperationFailed unexpected(@Nullable Throwable cause) {
    return new OperationFailed(
        "retrieval_failed",
        "Cannot search for passages",
        "the store could not be read",
        "Look into the service's log, then ask again.",
        false,
        cause);
  }
}
