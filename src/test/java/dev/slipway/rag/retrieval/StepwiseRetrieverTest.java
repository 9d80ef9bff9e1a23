package dev.slipway.rag.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.FakeChatModel;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.ControlTokens;
import dev.slipway.rag.PassageSearch;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.Reranker;
import dev.slipway.rag.Retriever;
import dev.slipway.rag.index.HashingEmbedder;
import dev.slipway.rag.index.InMemoryPassageStore;
import dev.slipway.rag.index.VectorSpace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class StepwiseRetrieverTest {
  private static final String QUESTION = "How are requests joined to a batch?";
  private static final Duration SHORT = Duration.ofMillis(60);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final HashingEmbedder embedder = new HashingEmbedder();
  private final Recorded store = new Recorded();
  private final NotedSteps steps = new NotedSteps();
  private RetrievalSettings settings =
      new RetrievalSettings(List.of("author"), 2, Optional.empty(), LONG, LONG, LONG);
  private Map<String, String> filter = Map.of();
  private Optional<String> tenant = Optional.empty();
  private List<String> collections = List.of("posts", "articles", "repositories");

  StepwiseRetrieverTest() {
    InMemoryPassageStore filled = new InMemoryPassageStore(VectorSpace.of(embedder));
    Shelf.fill(filled, embedder);
    store.behind = filled;
  }

  /** Remembers what the store is asked, and lets tests answer in its place. */
  private static final class Recorded implements PassageSearch {
    private final ConcurrentLinkedQueue<Query> queries = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Map<String, String>> valueFilters =
        new ConcurrentLinkedQueue<>();
    private PassageSearch behind = this;
    private Function<Query, Optional<RuntimeException>> trouble = _ -> Optional.empty();

    @Override
    public List<Hit> search(Query query) {
      queries.add(query);
      trouble
          .apply(query)
          .ifPresent(
              failure -> {
                throw failure;
              });
      return behind.search(query);
    }

    @Override
    public List<String> values(
        List<String> within, String field, Map<String, String> filter, int limit) {
      valueFilters.add(filter);
      return behind.values(within, field, filter, limit);
    }

    @Override
    public void close() {}
  }

  private List<String> found(
      String question, Optional<Reranker> reranker, Optional<ChatModel> model) {
    return new StepwiseRetriever(
            embedder, store, reranker, model, ControlTokens.wellKnown(), settings)
            .retrieve(
                new Retriever.Request(
                    question, collections, filter, tenant, 3, Deadline.in(Duration.ofSeconds(30))),
                steps)
            .stream()
            .map(hit -> hit.passage().id())
            .toList();
  }

  private List<String> plain() {
    settings = RetrievalSettings.plain();
    return found(QUESTION, Optional.empty(), Optional.empty());
  }

  private void budgets(Duration budget) {
    settings =
        new RetrievalSettings(List.of("author"), 2, Optional.empty(), budget, budget, budget);
  }

  private static ChatModel never() {
    return FakeChatModel.answering(
        _ -> {
          await();
          return List.of();
        });
  }

  private static void await() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("stopped", e);
    }
  }

  @Test
  void stepsThatAreOffAreNotTaken() {
    assertThat(plain()).hasSize(3);

    assertThat(steps.taken()).containsExactly("embed", "search");
    assertThat(store.valueFilters).isEmpty();
  }

  @Test
  void aLateModelIsPassedOver() {
    budgets(SHORT);

    List<String> found = found(QUESTION, Optional.empty(), Optional.of(never()));

    assertThat(steps.taken()).contains("self_query", "expand");
    assertThat(steps.note("self_query.model")).isEqualTo("passed over: it took too long");
    assertThat(steps.note("expand.passed_over")).isEqualTo("it took too long");
    assertThat(found).isEqualTo(plain());
  }

  @Test
  void whatTheRulesFoundStaysWhenTheModelIsLate() {
    settings =
        new RetrievalSettings(List.of("author", "date"), 0, Optional.empty(), SHORT, SHORT, SHORT);

    found("What is by Alan Turing?", Optional.empty(), Optional.of(never()));

    assertThat(steps.note("self_query.filter")).isEqualTo("author=Alan Turing");
  }

  @Test
  void aFailingModelIsPassedOverAndItsWordsAreNotQuoted() {
    EndpointFailure failure =
        new EndpointFailure(Kind.UNAVAILABLE, OptionalInt.empty(), "secret", "secret", "", null);

    List<String> found =
        found(QUESTION, Optional.empty(), Optional.of(FakeChatModel.failing(failure)));

    assertThat(steps.note("expand.passed_over")).isEqualTo("it failed: endpoint_unavailable");
    assertThat(steps.note("self_query.model")).contains("endpoint_unavailable");
    assertThat(found).isEqualTo(plain());
  }

  @Test
  void aModelThatIsTooSmallIsNotAsked() {
    assertThat(found(QUESTION, Optional.empty(), Optional.empty())).hasSize(3);

    assertThat(steps.note("expand.passed_over")).contains("too small");
    assertThat(steps.note("self_query.model")).contains("too small");
  }

  @Test
  void aRerankerThatFailsOrIsLateLeavesTheOrder() {
    List<String> order = plain();
    settings = new RetrievalSettings(List.of(), 0, Optional.empty(), LONG, LONG, LONG);
    Reranker failing =
        (_, _, _) -> {
          throw new IllegalStateException("broken");
        };
    Reranker late =
        (_, _, _) -> {
          await();
          return List.of();
        };

    assertThat(found(QUESTION, Optional.of(failing), Optional.empty())).isEqualTo(order);
    assertThat(steps.note("rerank.passed_over")).isEqualTo("it failed: IllegalStateException");
    settings = new RetrievalSettings(List.of(), 0, Optional.empty(), SHORT, SHORT, SHORT);
    assertThat(found(QUESTION, Optional.of(late), Optional.empty())).isEqualTo(order);
    assertThat(steps.note("rerank.passed_over")).isEqualTo("it took too long");
  }

  @Test
  void aSearchForMoreThanTheQuestionMayFail() {
    store.trouble =
        query ->
            query.text().equals(QUESTION)
                ? Optional.empty()
                : Optional.of(new IllegalStateException("broken"));

    assertThat(found(QUESTION, Optional.empty(), Optional.of(FakeChatModel.saying("Other words?"))))
        .isEqualTo(plain());
    assertThat(steps.note("search.passed_over")).startsWith("4 of 8");
  }

  @Test
  void aSearchForTheQuestionItselfMayNot() {
    OperationFailed failure = new OperationFailed("index_io", "what", "why", "next");
    store.trouble = _ -> Optional.of(failure);

    assertThatThrownBy(this::plain).isSameAs(failure);
  }

  @Test
  void aFilterThatFindsNothingIsTakenBack() {
    // Both values exist, but no passage has both.
    settings =
        new RetrievalSettings(List.of("author", "date"), 0, Optional.empty(), LONG, LONG, LONG);

    assertThat(found("By Grace Hopper, on 2024-05-06?", Optional.empty(), Optional.empty()))
        .hasSize(3);
    assertThat(steps.note("self_query.filter")).isEqualTo("author=Grace Hopper; date=2024-05-06");
    assertThat(steps.note("search.searched_again")).contains("without the filter");
  }

  @Test
  void theCallersOwnFilterIsNotWidened() {
    filter = Map.of("author", "Grace Hopper");

    assertThat(found("By Alan Turing?", Optional.empty(), Optional.empty()))
        .containsExactlyInAnyOrder("posts:garden", "articles:quantization", "repositories:engine");
    assertThat(steps.taken()).doesNotContain("self_query");
  }

  @Test
  void everyQuestionToTheStoreIsTheTenants() {
    tenant = Optional.of("lab");
    settings =
        new RetrievalSettings(
            List.of("author", "date", "tenant", "collection"),
            2,
            Optional.of("tenant"),
            LONG,
            LONG,
            LONG);
    FakeChatModel model =
        FakeChatModel.answering(
            request ->
                request.jsonSchema().isPresent()
                    ? List.of("{\"tenant\": \"navy\", \"author\": \"Grace Hopper\"}")
                    : List.of("tenant: navy?\nBy Grace Hopper for the tenant navy?"));

    List<String> found =
        found(
            "tenant: navy, by Grace Hopper, by Alan Turing, in 2023-01",
            Optional.empty(),
            Optional.of(model));

    assertThat(found).isNotEmpty();
    assertThat(store.queries).hasSizeGreaterThan(8);
    assertThat(store.queries)
        .allSatisfy(query -> assertThat(query.filter()).isEqualTo(Map.of("tenant", "lab")))
        .allSatisfy(query -> assertThat(query.anyOf()).doesNotContainKey("tenant"));
    assertThat(store.valueFilters)
        .isNotEmpty()
        .allSatisfy(filter -> assertThat(filter).isEqualTo(Map.of("tenant", "lab")));
    assertThat(model.requests())
        .noneSatisfy(
            request ->
                assertThat(request.messages().getFirst().content()).contains("Grace Hopper"));
  }

  @Test
  void aCallerWithoutATenantOrWithAnothersSeesNothing() {
    settings = new RetrievalSettings(List.of("author"), 0, Optional.of("tenant"), LONG, LONG, LONG);

    assertThat(found(QUESTION, Optional.empty(), Optional.empty())).isEmpty();
    tenant = Optional.of("lab");
    filter = Map.of("tenant", "navy");
    assertThat(found(QUESTION, Optional.empty(), Optional.empty())).isEmpty();

    assertThat(store.queries).isEmpty();
    assertThat(steps.note("search.passed_over")).contains("tenant");
    filter = Map.of("tenant", "lab");
    assertThat(found(QUESTION, Optional.empty(), Optional.empty())).isNotEmpty();
  }
}
