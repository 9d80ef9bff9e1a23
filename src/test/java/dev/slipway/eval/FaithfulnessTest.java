package dev.slipway.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.rag.Embedder;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FaithfulnessTest {
  private static final List<String> PASSAGES =
      List.of("The lock pins the model's commit. Deploying twice changes nothing.");

  /** Texts are near each other if they speak of the same. */
  private static final class OneTopic implements Embedder {
    @Override
    public int dimensions() {
      return 2;
    }

    @Override
    public String name() {
      return "one-topic";
    }

    @Override
    public List<float[]> embedPassages(List<String> passages) {
      return passages.stream()
          .map(
              text ->
                  text.contains("commit")
                      ? new float[] {1, 0}
                      : text.contains("doors") ? new float[] {0, 1} : new float[] {-1, 0})
          .toList();
    }

    @Override
    public float[] embedQuestion(String question) {
      throw new AssertionError("no question is embedded");
    }
  }

  private final Faithfulness faithfulness = new Faithfulness(new OneTopic());

  @Test
  void aSentenceWhoseWordsThePassageHasIsSupported() {
    assertThat(faithfulness.of("The lock pins the commit.", PASSAGES)).hasValue(1);
  }

  @Test
  void aSentenceWithHalfOfItsWordsNeedsTheMeaningToo() {
    assertThat(faithfulness.of("A commit of models: lock pins", PASSAGES)).hasValue(1);
    assertThat(faithfulness.of("Lock pins hold doors shut", PASSAGES)).hasValue(0);
  }

  @Test
  void eachSentenceCountsAndThoseThatSayNothingDoNot() {
    assertThat(
            faithfulness.of(
                "The lock pins the commit. Penguins swim in cold water. It is.", PASSAGES))
        .hasValue(0.5);
    assertThat(faithfulness.of("", PASSAGES)).isEmpty();
    assertThat(faithfulness.of("Anything at all.", List.of())).hasValue(0);
  }
}
