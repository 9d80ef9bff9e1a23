package dev.slipway.rag.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.Passage;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.PassageSearch.Query;
import dev.slipway.rag.index.PassageWriter.EmbeddedPassage;
import dev.slipway.rag.index.PassageWriter.NewDocument;
import dev.slipway.rag.index.PassageWriter.StoredDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every passage store does. A subclass makes the store. */
public abstract class PassageStoreContract {

  /** What the contract embeds with. */
  protected final HashingEmbedder embedder = new HashingEmbedder();

  private PassageStore store;

  /** Makes a store that holds nothing. */
  protected abstract PassageStore emptyStore(VectorSpace space);

  @BeforeEach
  void open() {
    store = emptyStore(VectorSpace.of(embedder));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void emptyStoreFindsNothing() {
    assertThat(find("anything", 3, "docs")).isEmpty();
    try (PassageWriter writer = store.write("docs")) {
      assertThat(writer.documents()).isEmpty();
    }
  }

  @Test
  void whatIsCommittedIsFoundWhole() {
    Passage passage =
        new Passage(
            "docs:a.md#0",
            "docs",
            "a.md",
            "Guide > Start",
            0,
            "Start it with one command.",
            Map.of("author", "Ada", "date", "2026-01-02"));
    put("docs", document("a.md", "v1", passage));

    List<Hit> hits = find("one command", 3, "docs");

    assertThat(hits).extracting(Hit::passage).containsExactly(passage);
    assertThat(hits.getFirst().score()).isPositive();
  }

  @Test
  void bestComesFirstAndKLimits() {
    put(
        "docs",
        document("cats.md", "v1", "Cats purr when they are content."),
        document("dogs.md", "v1", "Dogs bark when someone is at the door."),
        document("fish.md", "v1", "Fish are silent all day."));

    assertThat(sources(find("why do dogs bark", 3, "docs"))).startsWith("dogs.md").hasSize(3);
    assertThat(sources(find("why do dogs bark", 1, "docs"))).containsExactly("dogs.md");
    assertThat(find("why do dogs bark", 0, "docs")).isEmpty();
    assertThat(find("why do dogs bark", 1000, "docs"))
        .hasSize(3)
        .isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()));
  }

  @Test
  void searchKeepsToItsCollections() {
    put("posts", document("a.md", "v1", "Bridges are built of steel."));
    put("articles", document("a.md", "v1", "Bridges are painted every ten years."));
    put("notes", document("a.md", "v1", "Bridges need tolls."));

    assertThat(find("bridges", 9, "posts", "articles"))
        .extracting(hit -> hit.passage().collection())
        .containsExactlyInAnyOrder("posts", "articles");
    assertThat(find("bridges", 9, "missing")).isEmpty();
    assertThat(find("bridges", 9, "missing", "notes")).hasSize(1);
    assertThat(find("bridges", 9)).isEmpty();
  }

  @Test
  void filterIsExactAndAppliesBeforeTheLimit() {
    List<NewDocument> documents = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      documents.add(document("loud-" + i + ".md", "v1", "tax tax tax rules"));
    }
    documents.add(
        document(
            "quiet.md",
            "v1",
            new Passage(
                "docs:quiet.md#0",
                "docs",
                "quiet.md",
                "Far away",
                0,
                "A remark on gardens and one on tax.",
                Map.of("author", "Ada Lovelace", "year", "1843"))));
    put("docs", documents.toArray(NewDocument[]::new));

    for (Map<String, String> filter :
        List.of(
            Map.of("author", "Ada Lovelace"),
            Map.of("author", "Ada Lovelace", "year", "1843"),
            Map.of("source", "quiet.md"),
            Map.of("title", "Far away"))) {
      assertThat(sources(find("tax", 1, filter, "docs")))
          .as("filter %s", filter)
          .containsExactly("quiet.md");
    }
    for (Map<String, String> filter :
        List.of(
            Map.of("author", "Ada"),
            Map.of("author", "ada lovelace"),
            Map.of("author", "Ada Lovelace", "year", "1844"),
            Map.of("unknown", "x"),
            Map.of("source", "quiet"))) {
      assertThat(find("tax", 5, filter, "docs")).as("filter %s", filter).isEmpty();
    }
  }

  @Test
  void oneOfSeveralValuesIsEnoughAndBothFiltersHold() {
    put(
        "docs",
        document("a.md", "v1", about("a.md", "Ada", "2023-01-02")),
        document("b.md", "v1", about("b.md", "Ada", "2024-05-06")),
        document("c.md", "v1", about("c.md", "Bob", "2024-07-08")));
    Map<String, Set<String>> dates = Map.of("date", Set.of("2024-05-06", "2024-07-08"));

    assertThat(among(Map.of(), dates)).containsExactlyInAnyOrder("b.md", "c.md");
    assertThat(among(Map.of("author", "Ada"), dates)).containsExactly("b.md");
    assertThat(among(Map.of("author", "Ada"), Map.of("author", Set.of("Bob")))).isEmpty();
    assertThat(among(Map.of(), Map.of("author", Set.of()))).isEmpty();
    assertThat(among(Map.of(), Map.of("source", Set.of("a.md", "x.md")))).containsExactly("a.md");
  }

  @Test
  void valuesAreThoseOfPassagesThatSuitTheFilter() {
    put(
        "docs",
        document("a.md", "v1", about("a.md", "Ada", "2023-01-02")),
        document("b.md", "v1", about("b.md", "Bob", "2024-05-06")),
        document("d.md", "v1", about("d.md", "Dan", "2024-05-06")));
    put("notes", document("c.md", "v1", about("c.md", "Cy", "2024-05-06")));
    try (PassageWriter writer = store.write("docs")) {
      writer.delete("d.md");
      writer.commit();
    }

    assertThat(store.values(List.of("docs"), "author", Map.of(), 9)).containsExactly("Ada", "Bob");
    assertThat(store.values(List.of("docs", "notes"), "author", Map.of(), 9))
        .containsExactly("Ada", "Bob", "Cy");
    assertThat(store.values(List.of("docs", "notes"), "author", Map.of(), 2)).hasSize(2);
    assertThat(store.values(List.of("docs", "notes"), "author", Map.of("date", "2024-05-06"), 9))
        .containsExactly("Bob", "Cy");
    assertThat(store.values(List.of("docs"), "source", Map.of(), 9))
        .containsExactly("a.md", "b.md");
    assertThat(store.values(List.of("docs"), "unknown", Map.of(), 9)).isEmpty();
    assertThat(store.values(List.of("missing"), "author", Map.of(), 9)).isEmpty();
    assertThat(store.values(List.of(), "author", Map.of(), 9)).isEmpty();
  }

  private static Passage about(String source, String author, String date) {
    return new Passage(
        "docs:" + source + "#0",
        "docs",
        source,
        "Title",
        0,
        "A remark on tax.",
        Map.of("author", author, "date", date));
  }

  private List<String> among(Map<String, String> filter, Map<String, Set<String>> anyOf) {
    return sources(
        store.search(
            new Query("tax", embedder.embedQuestion("tax"), List.of("docs"), filter, anyOf, 9)));
  }

  @Test
  void putReplacesAllThatADocumentHad() {
    put("docs", document("a.md", "v1", "First old text.", "Second old text.", "Third old text."));
    put("docs", document("a.md", "v2", "Only new text."));

    assertThat(texts(find("old new text", 9, "docs"))).containsExactly("Only new text.");
    assertThat(documents("docs")).containsExactly(Map.entry("a.md", new StoredDocument("v2", 1)));
  }

  @Test
  void deleteTakesOneDocumentOfOneCollection() {
    put("docs", document("a.md", "v1", "Alpha text."), document("b.md", "v1", "Beta text."));
    put("notes", document("a.md", "v1", "Gamma text."));

    try (PassageWriter writer = store.write("docs")) {
      writer.delete("a.md");
      writer.delete("never-there.md");
      writer.commit();
    }

    assertThat(texts(find("text", 9, "docs", "notes")))
        .containsExactlyInAnyOrder("Beta text.", "Gamma text.");
    assertThat(documents("docs")).containsOnlyKeys("b.md");
    assertThat(documents("notes")).containsOnlyKeys("a.md");
  }

  @Test
  void uncommittedChangesAreNotSeenAndAreDroppedOnClose() {
    put("docs", document("a.md", "v1", "Old text."));
    try (PassageWriter writer = store.write("docs")) {
      writer.put(document("a.md", "v2", "New text."));
      writer.put(document("b.md", "v1", "More text."));
      assertThat(texts(find("text", 9, "docs"))).containsExactly("Old text.");
    }
    assertThat(texts(find("text", 9, "docs"))).containsExactly("Old text.");
    assertThat(documents("docs")).containsOnlyKeys("a.md");
  }

  @Test
  void searchSeesEachCommitWhileTheWriterIsStillOpen() {
    try (PassageWriter writer = store.write("docs")) {
      writer.put(document("a.md", "v1", "One text."));
      writer.commit();
      assertThat(texts(find("text", 9, "docs"))).containsExactly("One text.");
      writer.put(document("b.md", "v1", "Two text."));
      writer.commit();
      assertThat(texts(find("text", 9, "docs")))
          .containsExactlyInAnyOrder("One text.", "Two text.");
    }
  }

  @Test
  void secondWriterIsRefusedAndCanTryAgainLater() {
    try (PassageWriter first = store.write("docs")) {
      first.put(document("a.md", "v1", "Some text."));
      assertThatThrownBy(() -> store.write("docs").close())
          .isInstanceOfSatisfying(
              OperationFailed.class,
              refusal -> assertThat(refusal.code()).isEqualTo("index_locked"));
      first.commit();
    }
    put("docs", document("b.md", "v1", "Other text."));
    assertThat(documents("docs")).containsOnlyKeys("a.md", "b.md");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "the of and",
        "+tax -tax \"tax",
        "title:tax AND (NOT",
        "*:*",
        "tax~2^9 [a TO b} \\",
        "\u0000\uD800 \uFFFF",
        "😀 税 ضريبة"
      })
  void questionIsNeverQuerySyntax(String question) {
    put(
        "docs",
        document("tax.md", "v1", "The tax is due in May."),
        document("may.md", "v1", "May is a month."));

    assertThat(find(question, 2, "docs")).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void longQuestionIsSearched() {
    put("docs", document("a.md", "v1", "needle in the haystack"));
    StringBuilder question = new StringBuilder("needle");
    for (int i = 0; i < 5000; i++) {
      question.append(" word").append(i);
    }
    assertThat(find(question.toString(), 1, "docs")).hasSize(1);
  }

  @Test
  void vectorOfAnotherLengthIsRefused() {
    float[] longer = new float[embedder.dimensions() + 1];
    assertThatThrownBy(() -> store.search(new Query("x", longer, List.of("docs"), Map.of(), 1)))
        .isInstanceOf(IllegalArgumentException.class);
    Passage passage = new Passage("docs:a.md#0", "docs", "a.md", "T", 0, "text", Map.of());
    try (PassageWriter writer = store.write("docs")) {
      assertThatThrownBy(
              () ->
                  writer.put(
                      new NewDocument("a.md", "v1", List.of(new EmbeddedPassage(passage, longer)))))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void zeroVectorsAreFoundByWords() {
    Passage passage = new Passage("docs:a.md#0", "docs", "a.md", "T", 0, "needle", Map.of());
    put(
        "docs",
        new NewDocument(
            "a.md", "v1", List.of(new EmbeddedPassage(passage, new float[embedder.dimensions()]))));
    assertThat(find("needle", 1, "docs")).extracting(Hit::passage).containsExactly(passage);
  }

  @Test
  void oddAndLongFieldsComeBackAsTheyWere() {
    String odd = "a \u0000 b 😀 \"'\\ \n" + "x".repeat(40_000);
    Passage passage =
        new Passage("docs:o#0", "docs", "o/" + "p".repeat(4000), odd, 0, odd, Map.of("k", odd));
    put("docs", document(passage.source(), "v1", passage));

    assertThat(find("b", 1, Map.of("k", odd, "title", odd, "source", passage.source()), "docs"))
        .extracting(Hit::passage)
        .containsExactly(passage);
  }

  private void put(String collection, NewDocument... documents) {
    try (PassageWriter writer = store.write(collection)) {
      for (NewDocument document : documents) {
        writer.put(inCollection(collection, document));
      }
      writer.commit();
    }
  }

  private Map<String, StoredDocument> documents(String collection) {
    try (PassageWriter writer = store.write(collection)) {
      return writer.documents();
    }
  }

  private NewDocument document(String source, String version, String... texts) {
    Passage[] passages = new Passage[texts.length];
    for (int i = 0; i < texts.length; i++) {
      passages[i] =
          new Passage("docs:" + source + "#" + i, "docs", source, "Title", i, texts[i], Map.of());
    }
    return document(source, version, passages);
  }

  private NewDocument document(String source, String version, Passage... passages) {
    return new NewDocument(
        source,
        version,
        Stream.of(passages)
            .map(passage -> new EmbeddedPassage(passage, embedder.embedQuestion(passage.text())))
            .toList());
  }

  private static NewDocument inCollection(String collection, NewDocument document) {
    return new NewDocument(
        document.source(),
        document.version(),
        document.passages().stream()
            .map(
                embedded -> {
                  Passage p = embedded.passage();
                  return new EmbeddedPassage(
                      new Passage(
                          p.id(),
                          collection,
                          p.source(),
                          p.title(),
                          p.position(),
                          p.text(),
                          p.metadata()),
                      embedded.vector());
                })
            .toList());
  }

  private List<Hit> find(String text, int k, String... collections) {
    return find(text, k, Map.of(), collections);
  }

  private List<Hit> find(String text, int k, Map<String, String> filter, String... collections) {
    return store.search(
        new Query(text, embedder.embedQuestion(text), Arrays.asList(collections), filter, k));
  }

  private static List<String> sources(List<Hit> hits) {
    return hits.stream().map(hit -> hit.passage().source()).toList();
  }

  private static List<String> texts(List<Hit> hits) {
    return hits.stream().map(hit -> hit.passage().text()).toList();
  }
}
