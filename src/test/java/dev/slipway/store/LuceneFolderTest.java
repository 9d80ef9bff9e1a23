package dev.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.Passage;
import dev.slipway.rag.PassageSearch.Query;
import dev.slipway.rag.index.HashingEmbedder;
import dev.slipway.rag.index.PassageWriter;
import dev.slipway.rag.index.PassageWriter.EmbeddedPassage;
import dev.slipway.rag.index.PassageWriter.NewDocument;
import dev.slipway.rag.index.VectorSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store does about its folder, and about others that use the same one. */
class LuceneFolderTest {

  private final HashingEmbedder embedder = new HashingEmbedder();
  private final Path folder;

  LuceneFolderTest(@TempDir Path temporary) {
    folder = temporary.resolve("state").resolve("index");
  }

  @Test
  void searchDoesNotMakeTheFolder() {
    try (LuceneStore store = store()) {
      assertThat(find(store)).isEmpty();
      assertThat(folder).doesNotExist();
    }
  }

  @Test
  void openStoreSeesAnIndexThatAppearsLaterAndEachCommitOfAnother() {
    try (LuceneStore reader = store();
        LuceneStore writer = store()) {
      assertThat(find(reader)).isEmpty();
      put(writer, "a.md");
      assertThat(find(reader)).containsExactly("a.md");
      put(writer, "b.md");
      assertThat(find(reader)).containsExactlyInAnyOrder("a.md", "b.md");
    }
  }

  @Test
  void openStoreSurvivesAnIndexDeletedAndMadeAnew() throws IOException {
    try (LuceneStore reader = store()) {
      for (String source : List.of("a.md", "b.md", "c.md")) {
        try (LuceneStore writer = store()) {
          put(writer, source);
        }
        assertThat(find(reader)).containsExactly(source);
        deleteFolder();
        assertThat(find(reader)).isEmpty();
      }
      // Made anew between two searches, with the same file names.
      put(reader, "d.md");
      assertThat(find(reader)).containsExactly("d.md");
      deleteFolder();
      put(reader, "e.md");
      assertThat(find(reader)).containsExactly("e.md");
    }
  }

  @Test
  void otherEmbedderIsRefusedByReaderAndWriter() {
    try (LuceneStore store = store()) {
      put(store, "a.md");
    }
    for (VectorSpace other :
        List.of(new VectorSpace("other", 64), new VectorSpace("hashing-64", 32))) {
      try (LuceneStore store = new LuceneStore(folder, other)) {
        Query query = new Query("x", new float[other.dimensions()], List.of("docs"), Map.of(), 1);
        assertThatThrownBy(() -> store.search(query))
            .satisfies(failure -> saysOtherEmbedder(failure));
        assertThatThrownBy(() -> store.write("docs").close())
            .satisfies(failure -> saysOtherEmbedder(failure));
      }
    }
    try (LuceneStore store = store()) {
      assertThat(find(store)).containsExactly("a.md");
    }
  }

  private void saysOtherEmbedder(Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            OperationFailed.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo("index_embedder");
              assertThat(refusal.why()).contains("hashing-64 (64 dimensions)");
              assertThat(refusal.next()).contains("Delete the folder " + folder);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"segments", ".cfs", ".si", "all"})
  void damagedIndexSaysHowToRebuild(String kind) throws IOException {
    try (LuceneStore store = store()) {
      put(store, "a.md");
      put(store, "b.md");
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (kind.equals("all") || name.startsWith(kind) || name.endsWith(kind)) {
          byte[] content = Files.readAllBytes(file);
          for (int i = 0; i < content.length; i += 3) {
            content[i] ^= 0x55;
          }
          Files.write(file, content);
        }
      }
    }
    try (LuceneStore store = store()) {
      assertThatThrownBy(() -> find(store)).satisfies(failure -> saysCorrupt(failure));
      assertThatThrownBy(() -> put(store, "c.md")).satisfies(failure -> saysCorrupt(failure));
    }
    deleteFolder();
    try (LuceneStore store = store()) {
      put(store, "a.md");
      assertThat(find(store)).containsExactly("a.md");
    }
  }

  @Test
  void missingFileIsDamageToo() throws IOException {
    try (LuceneStore store = store()) {
      put(store, "a.md");
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".cfs")).toList()) {
        Files.delete(file);
      }
    }
    try (LuceneStore store = store()) {
      assertThatThrownBy(() -> find(store)).satisfies(failure -> saysCorrupt(failure));
    }
  }

  private void saysCorrupt(Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            OperationFailed.class,
            corrupt -> {
              assertThat(corrupt.code()).isEqualTo("index_corrupt");
              assertThat(corrupt.next()).contains("Delete the folder " + folder);
            });
  }

  @Test
  void fileInPlaceOfTheFolderIsAClearFailure() throws IOException {
    Files.createDirectories(folder.getParent());
    Files.writeString(folder, "no folder");
    try (LuceneStore store = store()) {
      assertThatThrownBy(() -> put(store, "a.md"))
          .isInstanceOfSatisfying(
              OperationFailed.class, failure -> assertThat(failure.code()).isEqualTo("index_io"));
    }
  }

  @Test
  void vectorsThatLuceneDoesNotTakeAreRefusedAtOnce() {
    assertThatThrownBy(() -> new LuceneStore(folder, new VectorSpace("large", 4096)))
        .isInstanceOf(OperationFailed.class);
  }

  @Test
  void technicalNamesAreFoundByTheirParts() {
    try (LuceneStore store = store()) {
      put(store, "a.md", "Set SLIPWAY_JAVA_HOME or call InvokeEndpoint for ml.g5.2xlarge.");
      put(store, "b.md", "Nothing of the kind.");
      for (String question :
          List.of(
              "java home?", "SLIPWAY_JAVA_HOME", "endpoints", "g5", "what is (invokeendpoint)")) {
        List<String> found =
            store.search(new Query(question, new float[64], List.of("docs"), Map.of(), 1)).stream()
                .map(hit -> hit.passage().source())
                .toList();
        assertThat(found).as(question).containsExactly("a.md");
      }
    }
  }

  private LuceneStore store() {
    return new LuceneStore(folder, VectorSpace.of(embedder));
  }

  @Test
  void manyDocumentsLieTogetherAndFewNewOnesMoveNoneOfThem() throws IOException {
    try (LuceneStore store = store()) {
      put(store, IntStream.range(0, 1_500).mapToObj(i -> "first-" + i + ".md").toList());
      assertThat(segments()).containsExactly(3_000);
      put(store, IntStream.range(0, 1_500).mapToObj(i -> "second-" + i + ".md").toList());
      assertThat(segments()).containsExactly(6_000);
      put(store, List.of("third.md"));
      assertThat(segments()).containsExactly(6_000, 2);
      assertThat(find(store)).hasSize(50);
    }
  }

  /** Returns how many of Lucene's documents, passages and records, each segment has. */
  private List<Integer> segments() throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(folder))) {
      return reader.leaves().stream().map(leaf -> leaf.reader().numDocs()).toList();
    }
  }

  private List<String> find(LuceneStore store) {
    return store
        .search(new Query("text", embedder.embedQuestion("text"), List.of("docs"), Map.of(), 50))
        .stream()
        .map(hit -> hit.passage().source())
        .toList();
  }

  private void put(LuceneStore store, String source) {
    put(store, source, "Some text of " + source);
  }

  private void put(LuceneStore store, String source, String text) {
    try (PassageWriter writer = store.write("docs")) {
      writer.put(document(source, text));
      writer.commit();
    }
  }

  private void put(LuceneStore store, List<String> sources) {
    try (PassageWriter writer = store.write("docs")) {
      sources.forEach(source -> writer.put(document(source, "Some text of " + source)));
      writer.commit();
    }
  }

  private NewDocument document(String source, String text) {
    Passage passage =
        new Passage("docs:" + source + "#0", "docs", source, "Title", 0, text, Map.of());
    return new NewDocument(
        source, "v1", List.of(new EmbeddedPassage(passage, embedder.embedQuestion(text))));
  }

  private void deleteFolder() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
