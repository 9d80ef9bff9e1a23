package dev.slipway.rag.retrieval;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.rag.ControlTokens;
import dev.slipway.rag.Embedder;
import dev.slipway.rag.PassageSearch;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.Reranker;
import dev.slipway.rag.Retriever;
import dev.slipway.rag.Steps;
import dev.slipway.rag.retrieval.SideBySide.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Finds passages in a line of steps: a filter from the question ({@code self_query}) and, beside
 * it, more questions ({@code expand}); then {@code embed}, {@code search} and {@code rerank}; the
 * best k are kept. A step that fails or is late is passed over; only a failure of the search for
 * the caller's own question fails the retrieval. Thread-safe.
 */
public final class StepwiseRetriever implements Retriever {
  /** What a reranker chooses from: enough for it to matter, few enough for its budget. */
  private static final int LEAST_CANDIDATES = 20;

  private static final int CANDIDATES_PER_PASSAGE = 4;
  private static final int MOST_CANDIDATES = 100; // as many passages as a request may ask for

  private final PassageSearch search;
  private final RetrievalSettings settings;
  private final SelfQuery selfQuery;
  private final Expansion expansion;
  private final WideSearch wideSearch;
  private final Optional<Reranking> reranking;

  /**
   * Makes a retriever of its parts; they stay the caller's to close.
   *
   * @param reranker absent for the search's own order
   * @param model helps with the search; absent if none can ({@link HelpingModel})
   * @param controlTokens of that model
   */
  public StepwiseRetriever(
      Embedder embedder,
      PassageSearch search,
      Optional<Reranker> reranker,
      Optional<ChatModel> model,
      ControlTokens controlTokens,
      RetrievalSettings settings) {
    this.search = search;
    this.settings = settings;
    this.selfQuery =
        new SelfQuery(settings.selfQueryFields(), settings.selfQueryBudget(), model, controlTokens);
    this.expansion = new Expansion(settings.expand(), settings.expandBudget(), model);
    this.wideSearch = new WideSearch(embedder);
    this.reranking = reranker.map(each -> new Reranking(each, settings.rerankBudget()));
  }

  /** What the two steps before the search make of a question. */
  private record Prepared(List<String> questions, Map<String, Set<String>> filter) {}

  @Override
  public List<Hit> retrieve(Request request, Steps steps) {
    Optional<Scope> scope = Scope.of(search, request, settings.tenantField());
    if (scope.isEmpty()) {
      steps.note("search", "passed_over", "the caller's key has no tenant that may see any of it");
      return List.of();
    }
    Prepared prepared = prepare(request, scope.get(), steps);
    List<Hit> found =
        wideSearch.search(
            prepared.questions(),
            scope.get(),
            prepared.filter(),
            depth(request, prepared),
            request.deadline(),
            steps);
    List<Hit> ordered =
        reranking
            .map(
                step ->
                    step.best(request.question(), found, request.k(), request.deadline(), steps))
            .orElse(found);
    return ordered.stream().limit(request.k()).toList();
  }

  /** Asks for the filter and for more questions at once: each may wait for the model. */
  private Prepared prepare(Request request, Scope scope, Steps steps) {
    String question = request.question();
    List<Callable<Prepared>> both =
        List.of(
            () ->
                new Prepared(
                    List.of(), selfQuery.filter(question, scope, request.deadline(), steps)),
            () -> new Prepared(expansion.questions(question, request.deadline(), steps), Map.of()));
    List<String> questions = new ArrayList<>(List.of(question));
    Map<String, Set<String>> filter = Map.of();
    // Each keeps to its own budget; this bound is for what they do beside it.
    for (Outcome<Prepared> each : SideBySide.run(both, request.deadline().remaining())) {
      if (each instanceof Outcome.Done<Prepared>(Prepared(var more, var taken))) {
        questions.addAll(more);
        filter = taken.isEmpty() ? filter : taken;
      }
    }
    return new Prepared(questions, filter);
  }

  private int depth(Request request, Prepared prepared) {
    boolean oneRanking = prepared.questions().size() == 1 && request.collections().size() == 1;
    return reranking.isEmpty() && oneRanking
        ? request.k()
        : Math.clamp(
            (long) CANDIDATES_PER_PASSAGE * request.k(), LEAST_CANDIDATES, MOST_CANDIDATES);
  }
}
