package dev.slipway.rag.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.slipway.failure.Interrupted;
import dev.slipway.failure.UsageFailure;
import dev.slipway.rag.Embedder;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.PassageSearch.Query;
import dev.slipway.rag.index.IndexReport.Remark;
import dev.slipway.rag.index.IndexReport.Skipped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexerTest {

  private final CountingEmbedder embedder = new CountingEmbedder();
  private final InMemoryPassageStore store = new InMemoryPassageStore(VectorSpace.of(embedder));
  private final Path base;

  IndexerTest(@TempDir Path folder) throws IOException {
    base = folder.toRealPath();
  }

  @Test
  void firstRunAddsAndTheNextChangesNothing() throws IOException {
    write("docs/a.md", "# Alpha\n\nThe alpha text.");
    write("docs/sub/b.txt", "The beta text.");

    assertThat(index("docs")).isEqualTo(report(2, 2, 2, 0, 0));
    int embedded = embedder.passages;
    assertThat(index("docs")).isEqualTo(report(2, 2, 0, 0, 0));
    assertThat(embedder.passages).isEqualTo(embedded);
  }

  @Test
  void onlyWhatChangedIsEmbeddedAgain() throws IOException {
    write("docs/a.md", "# Alpha\n\nThe alpha text.");
    write("docs/b.md", "# Beta\n\nThe beta text.");
    index("docs");
    int embedded = embedder.passages;
    write("docs/b.md", "# Beta\n\nAnother beta text.\n\n## More\n\nMore of it.");

    assertThat(index("docs")).isEqualTo(report(2, 3, 0, 1, 0));
    assertThat(embedder.passages - embedded).isEqualTo(2);
    assertThat(texts("beta text")).contains("Another beta text.").doesNotContain("The beta text.");
  }

  @Test
  void goneMeansBelowAGivenPath() throws IOException {
    write("docs/a.md", "Alpha.");
    write("docs/b.md", "Beta.");
    write("notes/c.md", "Gamma.");
    index("docs", "notes");
    Files.delete(base.resolve("docs/b.md"));
    Files.delete(base.resolve("notes/c.md"));

    assertThat(index("docs")).isEqualTo(report(2, 2, 0, 0, 1));
    assertThat(sources("alpha beta gamma")).containsExactlyInAnyOrder("docs/a.md", "notes/c.md");
    assertThat(index("notes/c.md")).isEqualTo(report(1, 1, 0, 0, 1));
  }

  @Test
  void deletedFolderTakesItsDocumentsAndUnknownPathIsRefused() throws IOException {
    write("docs/a.md", "Alpha.");
    index("docs");
    Files.delete(base.resolve("docs/a.md"));
    Files.delete(base.resolve("docs"));

    assertThat(index("docs").deleted()).isEqualTo(1);
    assertThatThrownBy(() -> index("docs")).isInstanceOf(UsageFailure.class);
    assertThatThrownBy(() -> index()).isInstanceOf(UsageFailure.class);
  }

  @Test
  void otherCollectionsStay() throws IOException {
    write("docs/a.md", "Alpha.");
    indexer().index(List.of(base.resolve("docs")), "one", IndexProgress.none());
    indexer().index(List.of(base.resolve("docs")), "two", IndexProgress.none());
    Files.delete(base.resolve("docs/a.md"));
    indexer().index(List.of(base.resolve("docs")), "two", IndexProgress.none());

    assertThat(find("alpha", "one")).hasSize(1);
    assertThat(find("alpha", "two")).isEmpty();
  }

  @Test
  void oneFileIsOneDocumentHoweverItIsNamed() throws IOException {
    write("docs/a.md", "Alpha.");
    Files.createSymbolicLink(base.resolve("docs/again.md"), base.resolve("docs/a.md"));
    Files.createSymbolicLink(base.resolve("link"), base.resolve("docs"));
    Path working = Path.of("").toAbsolutePath();

    IndexReport report =
        indexer()
            .index(
                List.of(
                    base.resolve("docs"),
                    base.resolve("link"),
                    base.resolve("docs/../docs/./a.md"),
                    working.relativize(base.resolve("docs"))),
                "docs",
                IndexProgress.none());

    assertThat(report.documents()).isEqualTo(1);
    assertThat(sources("alpha")).containsExactly("docs/a.md");
  }

  @Test
  void documentOutsideTheBaseIsNamedByItsWholePath(@TempDir Path other) throws IOException {
    Path file = Files.writeString(other.resolve("o.md"), "Omega.").toRealPath();
    indexer().index(List.of(file), "docs", IndexProgress.none());
    assertThat(sources("omega")).containsExactly(file.toString().replace('\\', '/'));
  }

  @Test
  void whatIsNoDocumentIsCountedWithItsReason() throws IOException {
    write("docs/a.md", "Alpha.");
    write("docs/x.png", "picture");
    write("docs/y.png", "picture");
    write("docs/Makefile", "all:");
    write("docs/.hidden.md", "secret");
    write("docs/.git/c.md", "secret");
    write("docs/target/d.md", "built");
    write("docs/node_modules/e/README.md", "foreign");
    write("docs/empty.md", " \n");
    Files.write(base.resolve("docs/binary.txt"), new byte[] {'a', 0, 'b'});
    Files.writeString(base.resolve("docs/large.txt"), "x".repeat(5000));
    Files.createSymbolicLink(base.resolve("docs/loop"), base.resolve("docs"));
    Files.createSymbolicLink(base.resolve("docs/self.md"), base.resolve("docs/self.md"));
    Files.createSymbolicLink(base.resolve("docs/out.md"), Path.of("/etc/hostname"));

    IndexReport report = index("docs");

    assertThat(report.documents()).isEqualTo(1);
    assertThat(report.problems()).isEmpty();
    assertThat(report.skipped())
        .containsExactly(
            new Skipped("binary content", 1, "docs/binary.txt"),
            new Skipped("broken link", 1, "docs/self.md"),
            skippedTwice("build output", report),
            skippedTwice("hidden", report),
            new Skipped("larger than 4000 bytes", 1, "docs/large.txt"),
            new Skipped("link that leads out of the given path", 1, "docs/out.md"),
            new Skipped("no file extension", 1, "docs/Makefile"),
            new Skipped("no text", 1, "docs/empty.md"),
            skippedTwice("unknown type .png", report));
  }

  private static Skipped skippedTwice(String reason, IndexReport report) {
    String example =
        report.skipped().stream()
            .filter(skipped -> skipped.reason().equals(reason))
            .findFirst()
            .map(Skipped::example)
            .orElse("");
    return new Skipped(reason, 2, example);
  }

  @Test
  void brokenDocumentIsReportedAndStopsNoOther() throws IOException {
    write("docs/a.md", "Alpha.");
    write("docs/broken.pdf", "%PDF-1.7 no more");
    write("docs/z.md", "Zeta.");

    IndexReport report = index("docs");

    assertThat(report.documents()).isEqualTo(2);
    assertThat(report.problems())
        .containsExactly(new Remark("docs/broken.pdf", "it is not a whole PDF file"));
  }

  @Test
  void documentThatCannotBeReadNowIsKept() throws IOException {
    write("docs/sub/a.md", "Alpha.");
    write("docs/b.md", "Beta.");
    index("docs");
    Path folder = base.resolve("docs/sub");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("---------"));
    Files.setPosixFilePermissions(
        base.resolve("docs/b.md"), PosixFilePermissions.fromString("---------"));
    try {
      assumeThat(Files.isReadable(folder)).as("root reads everything").isFalse();
      IndexReport report = index("docs");
      assertThat(report.problems())
          .extracting(Remark::source)
          .containsExactlyInAnyOrder("docs/b.md", "docs/sub");
      assertThat(report.documents()).isEqualTo(2);
      assertThat(report.deleted()).isZero();
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void unknownTypeGivenByNameIsAProblem() throws IOException {
    write("table.xlsx", "cells");
    assertThat(index("table.xlsx").problems())
        .extracting(Remark::source)
        .containsExactly("table.xlsx");
  }

  @Test
  void guessedCharacterSetIsNoted() throws IOException {
    Files.write(base.resolve("old.txt"), new byte[] {'c', 'a', 'f', (byte) 0xE9});
    assertThat(index("old.txt").notes())
        .containsExactly(new Remark("old.txt", "it is not UTF-8: read as windows-1252"));
    assertThat(texts("caf\u00e9")).containsExactly("caf\u00e9");
  }

  @Test
  void frontMatterIsFilteredOn() throws IOException {
    write(
        "a.md", "---\ntitle: The title\nauthor: Ada\ndraft: true\nsource: fake\n---\nText of Ada.");
    write("b.md", "---\nauthor: Bob\n---\nText of Bob.");
    index("a.md", "b.md");

    List<Hit> hits =
        store.search(
            new Query(
                "text",
                embedder.embedQuestion("text"),
                List.of("docs"),
                Map.of("author", "Ada", "draft", "true"),
                5));
    assertThat(hits).hasSize(1);
    assertThat(hits.getFirst().passage().title()).isEqualTo("The title");
    assertThat(hits.getFirst().passage().source()).isEqualTo("a.md");
    assertThat(hits.getFirst().passage().id()).isEqualTo("docs:a.md#0");
  }

  @Test
  void progressCountsDocumentsUpToTheTotal() throws IOException {
    for (int i = 0; i < 5; i++) {
      write("docs/" + i + ".md", "Text " + i);
    }
    List<IndexProgress.Step> steps = new ArrayList<>();
    indexer().index(List.of(base.resolve("docs")), "docs", steps::add);

    assertThat(steps).extracting(IndexProgress.Step::total).containsOnly(5);
    assertThat(steps).extracting(IndexProgress.Step::done).isSorted().contains(1, 5);
    assertThat(steps.getLast().passages()).isEqualTo(5);
  }

  @Test
  void failureHalfwayKeepsWhatWasCommittedAndTheNextRunDoesTheRest() throws IOException {
    for (int i = 0; i < 200; i++) {
      write("docs/%03d.md".formatted(i), "Text number " + i);
    }
    embedder.failAfter = 100;
    assertThatThrownBy(() -> index("docs")).hasMessage("no more");
    int kept = find("text number", "docs").size();
    assertThat(kept).isBetween(1, 100);

    embedder.failAfter = Integer.MAX_VALUE;
    assertThat(index("docs")).isEqualTo(report(200, 200, 200 - kept, 0, 0));
  }

  @Test
  void interruptStopsBetweenDocuments() throws IOException {
    write("docs/a.md", "Alpha.");
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> index("docs")).isInstanceOf(Interrupted.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(index("docs").added()).isEqualTo(1);
  }

  @Test
  void changedPassageSizeIndexesAnew() throws IOException {
    write("docs/a.md", "Alpha.");
    index("docs");
    IndexReport report =
        new Indexer(store, embedder, base, new PassageSize(100, 150, 20), DocumentLimits.standard())
            .index(List.of(base.resolve("docs")), "docs", IndexProgress.none());
    assertThat(report.updated()).isEqualTo(1);
  }

  @Test
  void collectionsNameIsChecked() {
    for (String name : List.of("", "a b", "../x", "-x", "x".repeat(65), "a:b")) {
      assertThatThrownBy(() -> indexer().index(List.of(base), name, IndexProgress.none()))
          .as(name)
          .isInstanceOf(UsageFailure.class);
    }
  }

  private static IndexReport report(
      int documents, int chunks, int added, int updated, int deleted) {
    return new IndexReport(
        "docs", documents, chunks, added, updated, deleted, List.of(), List.of(), List.of());
  }

  private Indexer indexer() {
    return new Indexer(
        store, embedder, base, PassageSize.standard(), new DocumentLimits(4000, 100_000));
  }

  private IndexReport index(String... paths) {
    return indexer()
        .index(List.of(paths).stream().map(base::resolve).toList(), "docs", IndexProgress.none());
  }

  private List<Hit> find(String text, String collection) {
    return store.search(
        new Query(text, embedder.embedQuestion(text), List.of(collection), Map.of(), 1000));
  }

  private List<String> texts(String question) {
    return find(question, "docs").stream().map(hit -> hit.passage().text()).toList();
  }

  private List<String> sources(String question) {
    return find(question, "docs").stream().map(hit -> hit.passage().source()).toList();
  }

  private void write(String name, String text) throws IOException {
    Path file = base.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static final class CountingEmbedder implements Embedder {
    private final HashingEmbedder words = new HashingEmbedder();
    private int passages;
    private int failAfter = Integer.MAX_VALUE;

    @Override
    public int dimensions() {
      return words.dimensions();
    }

    @Override
    public String name() {
      return words.name();
    }

    @Override
    public List<float[]> embedPassages(List<String> texts) {
      passages += texts.size();
      if (passages > failAfter) {
        throw new IllegalStateException("no more");
      }
      return words.embedPassages(texts);
    }

    @Override
    public float[] embedQuestion(String question) {
      return words.embedQuestion(question);
    }
  }
}
