package dev.slipway.rag.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.FakeChatModel;
import dev.slipway.inference.BgeSmallEmbedder;
import dev.slipway.inference.OnnxCrossEncoder;
import dev.slipway.inference.TinyCrossEncoder;
import dev.slipway.rag.ControlTokens;
import dev.slipway.rag.Reranker;
import dev.slipway.rag.Retriever;
import dev.slipway.rag.index.VectorSpace;
import dev.slipway.store.LuceneStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What each step changes in what is retrieved from the documents of {@link Shelf}: the real
 * embedder and the real store, with a model that says what the test lets it say.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StepsEffectTest {
  private static final List<String> ALL = List.of("posts", "articles", "repositories");
  private static final Duration BUDGET = Duration.ofSeconds(20);

  private final BgeSmallEmbedder embedder = new BgeSmallEmbedder();
  private final Path folder;
  private final LuceneStore store;
  private NotedSteps steps = new NotedSteps();

  StepsEffectTest(@TempDir Path folder) {
    this.folder = folder;
    this.store = new LuceneStore(folder.resolve("index"), VectorSpace.of(embedder));
  }

  @BeforeAll
  void fill() {
    Shelf.fill(store, embedder);
  }

  @AfterAll
  void close() {
    store.close();
  }

  private static RetrievalSettings settings(
      List<String> fields, int expand, Optional<String> tenant) {
    return new RetrievalSettings(fields, expand, tenant, BUDGET, BUDGET, BUDGET);
  }

  private List<String> found(
      String question,
      int k,
      List<String> collections,
      Optional<Reranker> reranker,
      Optional<ChatModel> model,
      RetrievalSettings settings) {
    steps = new NotedSteps();
    Retriever retriever =
        new StepwiseRetriever(
            embedder, store, reranker, model, ControlTokens.wellKnown(), settings);
    return retriever
        .retrieve(
            new Retriever.Request(
                question,
                collections,
                Map.of(),
                settings.tenantField().map(_ -> "lab"),
                k,
                Deadline.in(Duration.ofMinutes(1))),
            steps)
        .stream()
        .map(hit -> hit.passage().id())
        .toList();
  }

  private List<String> plain(String question, int k) {
    return found(
        question, k, ALL, Optional.empty(), Optional.empty(), settings(List.of(), 0, none()));
  }

  private static Optional<String> none() {
    return Optional.empty();
  }

  @Test
  void selfQueryKeepsToTheAuthorThatTheQuestionNames() {
    String question = "What did Alan Turing write about batches on a GPU?";

    assertThat(plain(question, 3)).contains("posts:batching", "articles:batching-again");
    assertThat(
            found(
                question,
                3,
                ALL,
                Optional.empty(),
                Optional.empty(),
                settings(List.of("author"), 0, none())))
        .startsWith("articles:scheduling")
        .containsExactlyInAnyOrder("articles:scheduling", "posts:idle", "posts:paper");
    assertThat(steps.note("self_query.filter")).isEqualTo("author=Alan Turing");
    assertThat(steps.note("self_query.by")).isEqualTo("rules");
  }

  @Test
  void theModelPicksWhatNoRuleSees() {
    String question = "Which of Turings texts of 2024 is about paper?";
    FakeChatModel model = FakeChatModel.saying("{\"author\": \"Alan Turing\"}");

    assertThat(
            found(
                question,
                9,
                ALL,
                Optional.empty(),
                Optional.of(model),
                settings(List.of("author", "date"), 0, none())))
        .startsWith("posts:paper")
        .containsExactlyInAnyOrder("posts:paper", "articles:scheduling");
    assertThat(steps.note("self_query.by")).isEqualTo("rules, model");
  }

  @Test
  void aQuestionMayNameTheCollection() {
    assertThat(
            found(
                "Is there something in repositories on joining requests to a batch?",
                3,
                ALL,
                Optional.empty(),
                Optional.empty(),
                settings(List.of("collection"), 0, none())))
        .containsExactly("repositories:engine", "repositories:notes");
  }

  @Test
  void expansionFindsWhatTheQuestionsOwnWordsMiss() {
    String question = "How do I keep my invoice small?";
    FakeChatModel model =
        FakeChatModel.saying(
            """
            How does an endpoint scale to zero instances?
            Does idle hardware run while nobody asks?
            """);

    List<String> without = plain(question, 9);
    List<String> with =
        found(
            question, 9, ALL, Optional.empty(), Optional.of(model), settings(List.of(), 2, none()));

    assertThat(without.indexOf("posts:idle")).isPositive();
    assertThat(with).startsWith("posts:idle");
    assertThat(steps.note("search.searches")).isEqualTo("12");
  }

  @Test
  void everyCollectionIsSearched() {
    String question = "How are requests joined to a batch of a GPU?";

    assertThat(
            found(
                question,
                3,
                List.of("posts"),
                Optional.empty(),
                Optional.empty(),
                settings(List.of(), 0, none())))
        .allMatch(id -> id.startsWith("posts:"));
    assertThat(plain(question, 3))
        .containsExactlyInAnyOrder(
            "posts:batching", "articles:batching-again", "repositories:engine");
  }

  @Test
  void mmrPutsSomethingNewBeforeARepetition() {
    String question = "How does continuous batching keep a GPU busy?";
    List<String> twins = List.of("posts:batching", "articles:batching-again");

    assertThat(plain(question, 2)).containsExactlyInAnyOrderElementsOf(twins);
    assertThat(
            found(
                question,
                2,
                ALL,
                Optional.of(new MaximalMarginalRelevance(embedder)),
                Optional.empty(),
                settings(List.of(), 0, none())))
        .first()
        .isIn(twins);
    assertThat(steps.note("rerank.after").lines()).isNotEqualTo(twins);
    assertThat(steps.note("rerank.after").lines().filter(twins::contains)).hasSize(1);
    assertThat(steps.note("rerank.before").lines()).contains("articles:batching-again");
  }

  @Test
  void aCrossEncoderDecidesByQuestionAndPassageTogether() throws IOException {
    // This one counts equal tokens, so that the test can say what it must prefer.
    try (var encoder = OnnxCrossEncoder.open(TinyCrossEncoder.write(folder.resolve("tiny")))) {
      String question = "scheduler scheduler scheduler: continuous batching on a busy GPU";

      assertThat(plain(question, 1)).isNotEqualTo(List.of("repositories:engine"));
      assertThat(
              found(
                  question,
                  1,
                  ALL,
                  Optional.of(encoder),
                  Optional.empty(),
                  settings(List.of(), 0, none())))
          .containsExactly("repositories:engine");
    }
  }

  @Test
  void tenantsSeeTheirOwnOnly() {
    assertThat(
            found(
                "How are requests joined to a batch, by Grace Hopper?",
                9,
                ALL,
                Optional.of(new MaximalMarginalRelevance(embedder)),
                Optional.empty(),
                settings(List.of("author", "tenant"), 0, Optional.of("tenant"))))
        .isNotEmpty()
        .doesNotContain("repositories:engine", "articles:quantization", "posts:garden");
    assertThat(steps.note("self_query.filter")).isEqualTo("none");
  }
}
