package dev.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.PassageSearch.Query;
import dev.slipway.rag.index.HashingEmbedder;
import dev.slipway.rag.index.IndexProgress;
import dev.slipway.rag.index.IndexReport;
import dev.slipway.rag.index.Indexer;
import dev.slipway.rag.index.VectorSpace;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two real processes over one index: one indexes and is killed, the other searches. */
class LuceneProcessTest {

  private static final int DOCUMENTS = 300;

  private final HashingEmbedder embedder = new HashingEmbedder();
  private final Path docs;
  private final Path index;

  LuceneProcessTest(@TempDir Path temporary) throws IOException {
    docs = Files.createDirectory(temporary.resolve("docs"));
    index = temporary.resolve("index");
  }

  @Test
  @Timeout(120)
  void killedIndexingLosesNothingAndIsSeenLiveByAReader() throws Exception {
    write("old");
    try (LuceneStore store = new LuceneStore(index, VectorSpace.of(embedder))) {
      assertThat(run(store).added()).isEqualTo(DOCUMENTS);
      write("new");

      Process child = start();
      try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
        // The child has committed some batches and waits, with the lock in its hands.
        assertThat(lines.readLine()).isEqualTo("half done");
        assertThat(count(store, "new")).isBetween(1, DOCUMENTS - 1);
        assertThat(count(store, "old") + count(store, "new")).isEqualTo(DOCUMENTS);
        assertThatThrownBy(() -> store.write("docs").close())
            .isInstanceOfSatisfying(
                OperationFailed.class,
                failure -> assertThat(failure.code()).isEqualTo("index_locked"));
      } finally {
        child.destroyForcibly();
        child.waitFor();
      }

      int done = count(store, "new");
      assertThat(count(store, "old") + done).isEqualTo(DOCUMENTS);
      IndexReport rest = run(store);
      assertThat(rest.updated()).isEqualTo(DOCUMENTS - done);
      assertThat(rest.documents()).isEqualTo(DOCUMENTS);
      assertThat(count(store, "new")).isEqualTo(DOCUMENTS);
      assertThat(count(store, "old")).isZero();
    }
  }

  private void write(String word) throws IOException {
    for (int i = 0; i < DOCUMENTS; i++) {
      Files.writeString(
          docs.resolve("%03d.md".formatted(i)), "---\nstate: " + word + "\n---\nText " + i);
    }
  }

  private IndexReport run(LuceneStore store) {
    return new Indexer(store, embedder, docs).index(List.of(docs), "docs", IndexProgress.none());
  }

  private int count(LuceneStore store, String state) {
    return store
        .search(
            new Query(
                "text",
                embedder.embedQuestion("text"),
                List.of("docs"),
                Map.of("state", state),
                DOCUMENTS * 2))
        .size();
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            HalfIndexing.class.getName(),
            docs.toString(),
            index.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Indexes until half is done, says so, and then does nothing until it is killed. */
  static final class HalfIndexing {
    private HalfIndexing() {}

    /** Takes the documents' folder and the index's. */
    public static void main(String[] arguments) {
      HashingEmbedder embedder = new HashingEmbedder();
      Path docs = Path.of(arguments[0]);
      try (LuceneStore store = new LuceneStore(Path.of(arguments[1]), VectorSpace.of(embedder))) {
        new Indexer(store, embedder, docs)
            .index(
                List.of(docs),
                "docs",
                step -> {
                  if (step.done() == DOCUMENTS / 2) {
                    System.out.println("half done");
                    waitToBeKilled();
                  }
                });
      }
    }

    private static void waitToBeKilled() {
      try {
        // Ends with the parent, should it end without killing this process.
        System.in.read();
      } catch (IOException gone) {
        throw new IllegalStateException(gone);
      }
    }
  }
}
