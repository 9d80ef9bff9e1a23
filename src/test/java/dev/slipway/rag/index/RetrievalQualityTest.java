package dev.slipway.rag.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel;
import dev.slipway.rag.Embedder;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.PassageSearch.Query;
import dev.slipway.store.LuceneStore;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asks real questions of real pages, with the real embedder and the real store. */
class RetrievalQualityTest {

  private record Asked(String question, String answer) {}

  private static final List<Asked> QUESTIONS =
      List.of(
          new Asked("Which Java version do I need?", "JDK 25"),
          new Asked("How do I start Slipway?", "./slipway up"),
          new Asked("How do I stop the service?", "slipway down"),
          new Asked("How can I remove everything, state included?", "removes the state too"),
          new Asked("Do I need Node to run it on my laptop?", "Nothing local needs it"),
          new Asked("Which port does it listen on by default?", "the default is 8000"),
          new Asked("Where does Slipway keep its caches?", "SLIPWAY_HOME"),
          new Asked("Which file formats can be indexed?", "Markdown, plain text, HTML and PDF"),
          new Asked("How do I run it in the background?", "--detach"),
          new Asked("How long may the name of a deployment be?", "at most 31 characters"),
          new Asked("How do I use a model from Hugging Face?", "hf://org/name"),
          new Asked("Where is the commit of the model pinned?", "slipway.lock"),
          new Asked("Can I load pickle weights?", "model.allow"),
          new Asked("How many passages does the prompt get?", "3 by default"),
          new Asked("How do I keep secrets out of the manifest?", "secret:qdrant"),
          new Asked("How do I make a deployment that deletes itself?", "expires: 8h"),
          new Asked("What does api.limits.body do?", "1MiB"),
          new Asked("Which command checks my slipway.yaml?", "slipway validate"),
          new Asked("How long is the cooldown before scaling in?", "five minutes"),
          new Asked("Which endpoint kind should I choose for chat?", "Choose it for chat"),
          new Asked("Can a realtime endpoint scale to zero?", "endpoint.components: true"),
          new Asked("Which endpoint costs nothing at night?", "costs nothing at night"),
          new Asked("Does a serverless endpoint have a GPU?", "no GPU"),
          new Asked("How large may an asynchronous request be?", "1 GB"),
          new Asked("What does exit code 3 mean?", "the manifest is invalid"),
          new Asked("What is exit code 7?", "another deploy holds the lock"),
          new Asked("What is the exit code when something is left after destroy?", "code 9"),
          new Asked("What status does a bad request body get?", "422"),
          new Asked("What is the difference between 429 and 503?", "own allowance"),
          new Asked("What can I do when the port is already in use?", "--port"),
          new Asked("Which architectures does the embedded engine know?", "Gemma3"),
          new Asked("What happens when the deadline passes?", "504"));

  @ParameterizedTest
  @ValueSource(ints = {512, 8192})
  void answerIsInTheFirstThreePassages(int window, @TempDir Path folder) throws URISyntaxException {
    Embedder embedder = new BgeSmall();
    Path docs =
        Path.of(Objects.requireNonNull(RetrievalQualityTest.class.getResource("docs")).toURI());
    try (LuceneStore store = new LuceneStore(folder, VectorSpace.of(embedder))) {
      new Indexer(store, embedder, docs, PassageSize.fitting(window), DocumentLimits.standard())
          .index(List.of(docs), "docs", IndexProgress.none());
      List<String> missed = new ArrayList<>();
      double reciprocalRanks = 0;
      for (Asked asked : QUESTIONS) {
        List<Hit> hits =
            store.search(
                new Query(
                    asked.question(),
                    embedder.embedQuestion(asked.question()),
                    List.of("docs"),
                    Map.of(),
                    3));
        int rank = rank(hits, asked.answer());
        if (rank == 0) {
          missed.add(asked.question() + " -> " + hits.stream().map(hit -> hit.passage()).toList());
        } else {
          reciprocalRanks += 1.0 / rank;
        }
      }
      // In single paragraphs the page that quotes a question beats the one that answers it.
      assertThat(missed).hasSizeLessThanOrEqualTo(1);
      assertThat(reciprocalRanks / QUESTIONS.size()).isGreaterThan(0.85);
    }
  }

  private static int rank(List<Hit> hits, String answer) {
    for (int i = 0; i < hits.size(); i++) {
      if (hits.get(i).passage().text().contains(answer)) {
        return i + 1;
      }
    }
    return 0;
  }

  /** The embedder that is shipped, as its authors say that questions are to be put to it. */
  private static final class BgeSmall implements Embedder {
    private final EmbeddingModel model;

    BgeSmall() {
      // The tokenizer's library (DJL) reports its use over the network unless told not to.
      System.setProperty("OPT_OUT_TRACKING", "true");
      model = new BgeSmallEnV15QuantizedEmbeddingModel();
    }

    @Override
    public int dimensions() {
      return model.dimension();
    }

    @Override
    public String name() {
      return "bge-small-en-v1.5-q";
    }

    @Override
    public List<float[]> embedPassages(List<String> passages) {
      return model.embedAll(passages.stream().map(TextSegment::from).toList()).content().stream()
          .map(Embedding::vector)
          .toList();
    }

    @Override
    public float[] embedQuestion(String question) {
      return model
          .embed("Represent this sentence for searching relevant passages: " + question)
          .content()
          .vector();
    }
  }
}
