package dev.slipway.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel;
import java.io.File;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BgeSmallEmbedderTest {

  private static final BgeSmallEmbedder EMBEDDER = new BgeSmallEmbedder();

  private static final String CAT = "A cat is a small animal that people keep at home.";
  private static final String BANK = "The central bank raised its interest rate on Tuesday.";

  @Test
  void aQuestionIsNearestToThePassageThatAnswersIt() {
    List<float[]> passages = EMBEDDER.embedPassages(List.of(BANK, CAT));
    float[] question = EMBEDDER.embedQuestion("Which pets live in houses?");

    assertThat(dot(question, passages.get(1))).isGreaterThan(dot(question, passages.get(0)));
  }

  @Test
  void vectorsHaveTheirLengthAndDirectionOnly() {
    float[] vector = EMBEDDER.embedPassages(List.of(CAT)).getFirst();

    assertThat(vector).hasSize(EMBEDDER.dimensions()).hasSize(384);
    assertThat(dot(vector, vector)).isCloseTo(1, within(1e-5));
  }

  @Test
  void vectorsAreThoseOfLangChain4j() {
    // Ours first: it keeps DJL, which both use, from calling its makers.
    float[] ours = EMBEDDER.embedPassages(List.of(CAT)).getFirst();
    float[] theirs =
        new BgeSmallEnV15QuantizedEmbeddingModel(Runnable::run).embed(CAT).content().vector();

    assertThat(dot(ours, theirs)).isCloseTo(1, within(1e-5));
  }

  @Test
  void aVectorDoesNotDependOnItsNeighbours() {
    float[] alone = EMBEDDER.embedPassages(List.of(CAT)).getFirst();

    assertThat(EMBEDDER.embedPassages(List.of(BANK.repeat(9), CAT, "")).get(1)).isEqualTo(alone);
  }

  @Test
  void questionsCarryThePrefixOfTheModelsCard() {
    assertThat(EMBEDDER.embedQuestion(CAT))
        .isEqualTo(
            EMBEDDER
                .embedPassages(
                    List.of("Represent this sentence for searching relevant passages: " + CAT))
                .getFirst());
  }

  @Test
  void textOfAnyLengthAndKindHasAVector() {
    for (String text :
        List.of("", " ", "\0", "\ud800", "🙂".repeat(40_000), "word ".repeat(200_000))) {
      assertThat(dot(EMBEDDER.embedPassages(List.of(text)).getFirst(), EMBEDDER.embedQuestion("")))
          .isBetween(-1.01, 1.01);
    }
    assertThat(EMBEDDER.embedPassages(List.of())).isEmpty();
  }

  @Test
  void textBeyondTheWindowIsCutOff() {
    String full = "word ".repeat(510);

    assertThat(EMBEDDER.embedPassages(List.of(full + "cat dog bird")).getFirst())
        .isEqualTo(EMBEDDER.embedPassages(List.of(full)).getFirst());
  }

  @Test
  void severalThreadsGetTheSameVectors() throws Exception {
    float[] alone = EMBEDDER.embedQuestion(CAT);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<float[]> task = () -> EMBEDDER.embedQuestion(CAT);
      for (var result : threads.invokeAll(Collections.nCopies(16, task))) {
        assertThat(result.get()).isEqualTo(alone);
      }
    }
  }

  @Test
  void theProcessEndsWhenItsWorkIsDone() throws Exception {
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                EmbedOnce.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Embeds one text and returns from main. */
  static final class EmbedOnce {
    private EmbedOnce() {}

    public static void main(String[] arguments) {
      new BgeSmallEmbedder().warmUp();
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
