package dev.slipway.rag.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.inference.BgeSmallEmbedder;
import dev.slipway.rag.PassageSearch.Query;
import dev.slipway.store.LuceneStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks what newcomers ask about {@code docs/}, as the bundled sample indexes them. */
class NewcomerQuestionsTest {
  private static final int DEMO_WINDOW = 512;

  /**
   * A question and what its sources must say.
   *
   * @param source one of several ways of saying it, lower case
   */
  private record Asked(String question, List<String> source) {
    static Asked of(String line) {
      String[] parts = line.split(" \\| ", -1);
      return new Asked(
          parts[0], Arrays.stream(parts[1].toLowerCase(Locale.ROOT).split("/ ", -1)).toList());
    }

    boolean isAnsweredBy(String text) {
      return source.stream().anyMatch(text.toLowerCase(Locale.ROOT)::contains);
    }
  }

  @Test
  void firstThreePassagesHoldTheAnswerToNineInTenQuestions(@TempDir Path folder)
      throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.exists(here.resolve("templates")) ? here : here.resolve("..").normalize();
    List<Asked> questions = new ArrayList<>(read("newcomer-questions.txt"));
    questions.addAll(read("newcomer-questions-held-out.txt"));
    BgeSmallEmbedder embedder = new BgeSmallEmbedder();
    List<String> missed = new ArrayList<>();
    try (LuceneStore store = new LuceneStore(folder, VectorSpace.of(embedder))) {
      new Indexer(
              store, embedder, root, PassageSize.fitting(DEMO_WINDOW), DocumentLimits.standard())
          .index(List.of(root.resolve("docs")), "docs", IndexProgress.none());
      for (Asked asked : questions) {
        float[] vector = embedder.embedQuestion(asked.question());
        var query = new Query(asked.question(), vector, List.of("docs"), Map.of(), 3);
        if (store.search(query).stream()
            .noneMatch(hit -> asked.isAnsweredBy(hit.passage().text()))) {
          missed.add(asked.question());
        }
      }
    }
    assertThat(missed).hasSizeLessThanOrEqualTo(questions.size() / 10);
  }

  private static List<Asked> read(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(NewcomerQuestionsTest.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(Asked::of)
          .toList();
    }
  }
}
