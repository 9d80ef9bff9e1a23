package dev.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.Passage;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.PassageSearch.Query;
import dev.slipway.rag.index.HashingEmbedder;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageWriter;
import dev.slipway.rag.index.PassageWriter.EmbeddedPassage;
import dev.slipway.rag.index.PassageWriter.NewDocument;
import dev.slipway.rag.index.PassageWriter.StoredDocument;
import dev.slipway.rag.index.VectorSpace;
import dev.slipway.store.QdrantStandIn.Mishap;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store does about its server, and about others that use the same one. */
class QdrantTroubleTest {

  private static final String KEY = "s3cret-key";
  private static final String DOCS = "slipway_twin_default_docs";

  private final HashingEmbedder embedder = new HashingEmbedder();
  private final QdrantStandIn server = new QdrantStandIn(KEY);
  private final QdrantStore store = store(server.url(), KEY, embedder, Clock.systemUTC());

  @AfterEach
  void stop() {
    store.close();
    server.close();
  }

  @Test
  void eachCollectionIsOneOfTheServersNamedAfterTheDeployment() {
    put("docs", document("a.md", "v1", "Some text."));
    put("My.posts-2", document("a.md", "v1", "Some text."));

    assertThat(server.names()).containsExactlyInAnyOrder(DOCS, "slipway_twin_default_My.posts-2");
  }

  @Test
  void filterFieldsHaveIndexesAndTheTenantsPartsThePassages() {
    put("docs", document("a.md", "v1", "Some text."));

    var indexes = server.collection(DOCS).info().path("payload_schema");
    assertThat(indexes.path("metadata.author").path("data_type").asText()).isEqualTo("keyword");
    assertThat(indexes.path("metadata.\"site.name\"").path("data_type").asText())
        .isEqualTo("keyword");
    assertThat(indexes.path("metadata.tenant").path("params").path("is_tenant").asBoolean())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a b", "site.name", "quo\"te", "back\\slash", "50%", "%22", "über", "[0]"})
  void metadataOfAnyNameCanBeFilteredOn(String field) {
    put("docs", document("a.md", "v1", Map.of(field, "yes"), "One text."));
    put("docs", document("b.md", "v1", Map.of(field, "no"), "Two text."));

    List<Hit> hits =
        store.search(
            new Query(
                "text", embedder.embedQuestion("text"), List.of("docs"), Map.of(field, "yes"), 5));

    assertThat(hits).extracting(hit -> hit.passage().source()).containsExactly("a.md");
    assertThat(hits.getFirst().passage().metadata()).containsExactly(Map.entry(field, "yes"));
  }

  @Test
  void bestOfACollectionWithNothingToSayDoesNotPassTheGoodOnesOfAnother() {
    put(
        "docs",
        document("sails.md", "v1", "How a sail is trimmed in strong wind."),
        document("wind.md", "v1", "In strong wind the sail is reefed."));
    put("posts", document("cake.md", "v1", "A cake wants butter and eggs."));

    assertThat(find("sail in strong wind", 2, "posts", "docs"))
        .containsExactlyInAnyOrder("sails.md", "wind.md");
  }

  @Test
  void wrongKeyIsNamedAndNeverShown() {
    QdrantStore stranger = store(server.url(), "wr0ng", embedder, Clock.systemUTC());
    try (stranger) {
      OperationFailed refused = failure(() -> find(stranger, "x", 1, "docs"));
      assertThat(refused.code()).isEqualTo("store_key");
      assertThat(refused.next()).contains("rag.store.key");
      assertThat(refused.toString() + refused.getCause()).doesNotContain("wr0ng");
    }
    server.mishaps(Mishap.of(403));
    assertThat(failure(() -> find("x", 1, "docs")).next()).contains("may read");
    assertThat(place(server.url(), KEY).toString()).doesNotContain(KEY);
  }

  @Test
  void serverThatIsAwayIsNamedWithItsAddress() {
    server.close();
    QdrantStore hasty = hasty();
    try (hasty) {
      OperationFailed away = failure(() -> find(hasty, "x", 1, "docs"));
      assertThat(away.code()).isEqualTo("store_unreachable");
      assertThat(away).hasMessageContaining(server.url().toString());
      assertThat(away.retriable()).isTrue();
    }
  }

  @Test
  void serverThatAnswersTooLateIsNamedSlow() {
    CountDownLatch end = new CountDownLatch(1);
    server.watch(
        _ -> {
          try {
            end.await();
          } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
          }
        });
    QdrantStore hasty = hasty();
    try (hasty) {
      assertThat(failure(() -> find(hasty, "x", 1, "docs")).code()).isEqualTo("store_slow");
    } finally {
      end.countDown();
    }
  }

  @Test
  void busyServerIsAskedAgain() {
    put("docs", document("a.md", "v1", "Some text."));
    server.mishaps(
        Mishap.of(503), new Mishap(429, Map.of("Retry-After", "0"), "slow down"), Mishap.of(500));

    assertThat(find("text", 1, "docs")).containsExactly("a.md");
  }

  @Test
  void waitThatIsLongerThanTheTimeLeftIsNotBegun() {
    server.mishaps(new Mishap(429, Map.of("Retry-After", "3600"), "later"));

    OperationFailed busy = failure(() -> find("x", 1, "docs"));

    assertThat(busy.code()).isEqualTo("store_busy");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void somethingElseThanQdrantIsRecognized() {
    server.mishaps(new Mishap(200, Map.of(), "<html>Hello</html>"));
    assertThat(failure(() -> find("x", 1, "docs")).code()).isEqualTo("store_protocol");
    server.mishaps(new Mishap(404, Map.of(), "nothing here"));
    assertThat(failure(() -> find("x", 1, "docs")).code()).isEqualTo("store_protocol");
  }

  @Test
  void missingIndexOfAStrictServerLeadsToTheManifest() {
    put("docs", document("a.md", "v1", "Some text."));
    server.mishaps(
        new Mishap(
            400,
            Map.of(),
            "{\"status\":{\"error\":\"Bad request: Index required but not found for"
                + " \\\"metadata.year\\\"\"},\"time\":0.0}"));
    assertThat(failure(() -> find("x", 1, "docs")).next()).contains("rag.self_query.fields");
  }

  @Test
  void vectorsOfAnotherEmbedderAreRefused() {
    put("docs", document("a.md", "v1", "Some text."));
    for (HashingEmbedder other :
        List.of(new HashingEmbedder("other", 64), new HashingEmbedder("hashing-64", 32))) {
      QdrantStore second = store(server.url(), KEY, other, Clock.systemUTC());
      try (second) {
        OperationFailed search =
            failure(
                () ->
                    second.search(
                        new Query("x", other.embedQuestion("x"), List.of("docs"), Map.of(), 1)));
        assertThat(search.code()).isEqualTo("index_embedder");
        assertThat(failure(() -> second.write("docs").close()).code()).isEqualTo("index_embedder");
      }
    }
  }

  @Test
  void collectionDeletedUnderAWriterIsNamed() {
    try (PassageWriter writer = store.write("docs")) {
      server.drop(DOCS);
      assertThat(failure(() -> writer.put(document("a.md", "v1", "Some text."))).code())
          .isEqualTo("index_gone");
    }
    put("docs", document("a.md", "v1", "Some text."));
    assertThat(find("text", 1, "docs")).containsExactly("a.md");
  }

  @Test
  void killedWriterHoldsTheCollectionForTwoMinutesAndLeavesNothingBehind() {
    PassageWriter killed = store.write("docs");
    killed.put(document("a.md", "v1", "Some text."));
    Clock later = Clock.offset(Clock.systemUTC(), QdrantLease.TIME.plusSeconds(1));
    QdrantStore next = store(server.url(), KEY, embedder, later);
    try (next;
        PassageWriter writer = next.write("docs")) {
      writer.put(document("b.md", "v1", "Other text."));
      // The first was only silent: what it does now must not be seen.
      assertThat(failure(killed::commit).code()).isEqualTo("index_locked");
      killed.close();
      writer.commit();
      assertThat(writer.documents()).containsOnlyKeys("b.md");
    }
    assertThat(find("text", 5, "docs")).containsExactly("b.md");
  }

  @Test
  void commitThatIsCutOffIsDoneByTheNextRun() {
    put("docs", document("a.md", "v1", "Old one.", "Old two."));
    PassageWriter cut = store.write("docs");
    cut.put(document("a.md", "v2", "New one.", "New two.", "New three."));
    server.watch(
        request -> {
          if (request.contains("points/batch")) {
            server.mishaps(new Mishap(400, Map.of(), Mishap.of(400).body()));
          }
        });
    assertThat(failure(cut::commit).code()).isEqualTo("store_refused");
    server.watch(_ -> {});
    cut.close();

    assertThat(find("one two three", 9, "docs")).hasSize(2);
    try (PassageWriter writer = store.write("docs")) {
      assertThat(writer.documents())
          .containsExactly(Map.entry("a.md", new StoredDocument("v1", 2)));
    }
  }

  @Test
  void documentThatLostAPartHasNoVersionSoThatItIsPutAgain() throws IOException {
    put("docs", document("a.md", "v1", "One.", "Two."), document("b.md", "v1", "Three."));
    server
        .collection(DOCS)
        .delete(
            QdrantClient.JSON.readTree(
                """
                {"filter": {"must": [{"key": "source", "match": {"value": "a.md"}},
                  {"key": "position", "match": {"value": 1}}]}}
                """));

    try (PassageWriter writer = store.write("docs")) {
      assertThat(writer.documents())
          .containsOnly(
              Map.entry("a.md", new StoredDocument("", 1)),
              Map.entry("b.md", new StoredDocument("v1", 1)));
    }
  }

  @Test
  void largeDocumentGoesInBatchesAndIsListedWhole() {
    String[] texts =
        IntStream.range(0, 1100).mapToObj(i -> "Passage number " + i).toArray(String[]::new);
    put("docs", document("big.md", "v1", texts));

    assertThat(
            server.requests().stream()
                .filter(each -> each.startsWith("PUT") && each.contains("/points")))
        .hasSizeBetween(18, 24);
    try (PassageWriter writer = store.write("docs")) {
      assertThat(writer.documents())
          .containsExactly(Map.entry("big.md", new StoredDocument("v1", 1100)));
    }
  }

  @Test
  void interruptedWriterLetsGoOfTheCollection() {
    try (PassageWriter writer = store.write("docs")) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> writer.put(document("a.md", "v1", "Some text.")))
          .isInstanceOf(Interrupted.class);
    }
    assertThat(Thread.interrupted()).isTrue();
    put("docs", document("b.md", "v1", "Some text."));
    assertThat(find("text", 9, "docs")).containsExactly("b.md");
  }

  /** Returns a store that waits for little. */
  private QdrantStore hasty() {
    return new QdrantStore(
        place(server.url(), KEY),
        VectorSpace.of(embedder),
        new QdrantStore.Budgets(Duration.ofMillis(150), Duration.ofMillis(150)),
        Clock.systemUTC());
  }

  private QdrantStore store(URI url, String key, HashingEmbedder by, Clock clock) {
    return new QdrantStore(
        place(url, key),
        VectorSpace.of(by),
        new QdrantStore.Budgets(Duration.ofSeconds(5), Duration.ofSeconds(20)),
        clock);
  }

  private static PassagePlace.Qdrant place(URI url, String key) {
    return new PassagePlace.Qdrant(
        url, key, "slipway_twin_default_", Set.of("author", "site.name"), Optional.of("tenant"));
  }

  private static OperationFailed failure(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    OperationFailed failure = catchThrowableOfType(OperationFailed.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }

  private void put(String collection, NewDocument... documents) {
    try (PassageWriter writer = store.write(collection)) {
      for (NewDocument document : documents) {
        writer.put(
            new NewDocument(
                document.source(),
                document.version(),
                document.passages().stream()
                    .map(each -> new EmbeddedPassage(in(collection, each.passage()), each.vector()))
                    .toList()));
      }
      writer.commit();
    }
  }

  private static Passage in(String collection, Passage p) {
    return new Passage(
        p.id(), collection, p.source(), p.title(), p.position(), p.text(), p.metadata());
  }

  private NewDocument document(String source, String version, String... texts) {
    return document(source, version, Map.of(), texts);
  }

  private NewDocument document(
      String source, String version, Map<String, String> metadata, String... texts) {
    return new NewDocument(
        source,
        version,
        IntStream.range(0, texts.length)
            .mapToObj(
                i ->
                    new EmbeddedPassage(
                        new Passage(
                            source + "#" + i, "docs", source, "Title", i, texts[i], metadata),
                        embedder.embedQuestion(texts[i])))
            .toList());
  }

  private List<String> find(String text, int k, String... collections) {
    return find(store, text, k, collections);
  }

  private List<String> find(QdrantStore in, String text, int k, String... collections) {
    return in
        .search(new Query(text, embedder.embedQuestion(text), List.of(collections), Map.of(), k))
        .stream()
        .map(hit -> hit.passage().source())
        .toList();
  }
}
