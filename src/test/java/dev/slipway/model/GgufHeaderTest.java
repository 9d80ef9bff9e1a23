package dev.slipway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufHeaderTest {

  private final Path folder;

  GgufHeaderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void readsTheDemoModelsFacts() throws IOException {
    GgufHeader header = GgufHeader.read(DemoModel.gguf());

    assertThat(header.architecture()).contains("llama");
    assertThat(header.parameters()).isEqualTo(1_066_112);
    assertThat(header.contextLength()).hasValue(512);
    assertThat(header.dtype()).contains("float16");
    assertThat(header.list("tokenizer.ggml.tokens").size()).isEqualTo(2048);
    assertThat(header.flag("tokenizer.ggml.add_space_prefix")).contains(false);
    // Two bytes for each half float, four for the few norms that stay whole.
    assertThat(header.weightsBytes()).isBetween(2 * 1_066_112L, 2 * 1_066_112L + 4096);
  }

  @Test
  void namesTheCommonestTypeWhereTheFileTypeIsUnknown() throws IOException {
    byte[] bytes = small().number("general.file_type", 999).tensor("w", new float[8], 4, 2).bytes();

    assertThat(read(bytes).dtype()).contains("float32");
  }

  @Test
  void namesTheQuantization() throws IOException {
    assertThat(read(small().number("general.file_type", 15).bytes()).dtype()).contains("Q4_K_M");
  }

  @Test
  void refusesWhatIsNoGguf() {
    for (byte[] bytes :
        List.of(
            new byte[0], new byte[3], "GGML....".getBytes(StandardCharsets.UTF_8), new byte[100])) {
      assertRefused(bytes, "\"GGUF\"");
    }
  }

  @Test
  void refusesVersionsThatItDoesNotKnow() {
    assertRefused(small().bytes(1, 0, 0), "version 1");
    assertRefused(small().bytes(4, 0, 0), "version 4");
  }

  @Test
  void refusesCountsThatTheFileCannotHold() {
    assertRefused(small().bytes(3, Long.MAX_VALUE, 1), "corrupt");
    assertRefused(small().bytes(3, -1, 1), "corrupt");
    assertRefused(small().bytes(3, 0, Long.MAX_VALUE), "corrupt");
    assertRefused(small().hollowArray("a", 0, 1L << 40).bytes(), "corrupt");
    assertRefused(small().hollowArray("a", 8, 1L << 23).bytes(), "corrupt");
  }

  @Test
  void refusesArraysNestedTooDeeply() {
    assertRefused(small().nestedArrays("a", 5000).bytes(), "too deeply");
  }

  @Test
  void readsArraysOfArrays() throws IOException {
    assertThat(read(small().nestedArrays("a", 3).bytes()).list("a"))
        .isEqualTo(List.of(List.of(List.of())));
  }

  @Test
  void refusesNamesThatAreThereTwice() {
    assertRefused(small().text("k", "a").text("k", "b").bytes(), "\"k\" twice");
    assertRefused(
        small().tensor("w", new float[1], 1).tensor("w", new float[1], 1).bytes(), "\"w\" twice");
  }

  @Test
  void refusesTensorsWithoutANumberOfValues() {
    assertRefused(small().describe("w", 0, 0, 1L << 40, 1L << 40).bytes(), "corrupt");
    assertRefused(
        small().describe("v", 99, 0, Long.MAX_VALUE).describe("w", 99, 0, Long.MAX_VALUE).bytes(),
        "corrupt");
  }

  @Test
  void tellsAHalfDownload() throws IOException {
    byte[] whole = Files.readAllBytes(DemoModel.gguf());

    assertRefused(Arrays.copyOf(whole, whole.length - 5000), "cut short");
  }

  @Test
  void estimatesTheMemoryOfTheDemoModel() throws IOException {
    MemoryNeed need = MemoryNeed.of(GgufHeader.read(DemoModel.gguf()), 512);

    // 4 layers x (keys + values) x 128 wide x 512 tokens x 2 bytes.
    assertThat(need.cacheBytes()).hasValue(4L * 2 * 128 * 512 * 2);
    assertThat(need.totalBytes()).isEqualTo(need.weightsBytes() + need.cacheBytes().getAsLong());
  }

  @Test
  void corruptHeadsAreReadOrRefusedAndNothingElse() throws IOException {
    long seed = 20_260_101;
    var random = new Random(seed);
    byte[] small =
        small()
            .texts("tokenizer.ggml.tokens", List.of("a", "b", "c"))
            .numbers("tokenizer.ggml.token_type", List.of(1, 3, 6))
            .reals("tokenizer.ggml.scores", List.of(0f, -1f, -2f))
            .tensor("w", new float[8], 4, 2)
            .bytes();
    int read = 0;
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      byte[] bytes = small.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      if (random.nextInt(4) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      try {
        GgufHeader header = read(bytes);
        header.parameters();
        header.contextLength();
        header.dtype();
        MemoryNeed.of(header, 4096).totalBytes();
        read++;
      } catch (Refused e) {
        refused++;
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", try " + i, e);
      }
    }
    assertThat(read).as("some still read").isPositive();
    assertThat(refused).as("some refused").isPositive();
  }

  private static GgufBytes small() {
    return new GgufBytes().text("general.architecture", "llama").number("llama.context_length", 64);
  }

  private GgufHeader read(byte[] bytes) throws IOException {
    return GgufHeader.read(Files.write(folder.resolve("model.gguf"), bytes));
  }

  private void assertRefused(byte[] bytes, String why) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.why()).contains(why));
  }
}
