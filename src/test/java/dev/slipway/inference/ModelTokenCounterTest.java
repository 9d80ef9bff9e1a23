package dev.slipway.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.hub.FileRegistry;
import dev.slipway.model.DemoModel;
import dev.slipway.model.GgufHeader;
import dev.slipway.model.ModelFacts;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import dev.slipway.rag.TokenCounter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ModelTokenCounterTest {

  private static final List<String> MERGES =
      List.of(
          "t h", "th e", "Ġ the", "Ġ m", "o d", "e l", "od el", "Ġm odel", "1 2", "12 3", "123 4",
          "Ġ Ġ", "ĠĠ ĠĠ", "Ċ Ċ", "' s", "Ã ¼", "å Ń", "ð Ł", "D e", "T h", "Th e");
  private static final List<String> CONTROLS = List.of("<|im_start|>", "<|im_end|>");

  private final Path folder;

  ModelTokenCounterTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theDemoModelsGgufCountsExactly() {
    Snapshot demo =
        new FileRegistry()
            .resolve(
                new ModelSpec(
                    ModelSource.parse("file:" + DemoModel.folder()), "main", List.of(), Set.of()),
                folder,
                Optional.empty());
    TokenCounter counter = ModelTokenCounter.of(demo);

    assertThat(counter.exact()).isTrue();
    assertThat(counter.count("")).isZero();
    assertThat(counter.count("<|user|>\n<|end|>")).isEqualTo(3);
    assertThat(ModelTokens.controlTokens(demo))
        .containsExactlyInAnyOrder(
            "<unk>", "<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "llama-bpe", "gpt-2"})
  void bytePairVocabulariesAreSplitAsLlamaCppDoes(String pre) throws IOException {
    Path gguf = Files.write(folder.resolve("bpe.gguf"), TinyGguf.bytePair(pre, MERGES, CONTROLS));
    NativeTokenizer tokenizer =
        NativeTokenizer.whole(BytePairTokenizer.json(GgufHeader.read(gguf)).orElseThrow());
    long seed = 20_260_105;
    var texts = new RandomText(new Random(seed), CONTROLS);
    try (var llama = new LlamaEncoder(gguf, Files.createDirectory(folder.resolve("own")))) {
      for (int i = 0; i < 500; i++) {
        String text = Texts.whole(texts.next());
        long[] theirs = Arrays.stream(llama.encode(text)).asLongStream().toArray();
        assertThat(tokenizer.encode(text, false).getIds())
            .as("%s, seed %d, text %d: \"%s\"", pre, seed, i, text)
            .containsExactly(theirs);
      }
    }
    assertThat(ModelTokenCounter.of(snapshot("bpe.gguf")).exact()).isTrue();
    assertThat(ModelTokens.controlTokens(snapshot("bpe.gguf"))).hasSameElementsAs(CONTROLS);
  }

  @Test
  void tokenizerJsonCountsExactlyWithoutBeginAndEnd() throws IOException {
    try (InputStream bert =
        ModelTokenCounterTest.class.getResourceAsStream("/bge-small-en-v1.5-q-tokenizer.json")) {
      Files.copy(Objects.requireNonNull(bert), folder.resolve("tokenizer.json"));
    }
    Snapshot model = snapshot("tokenizer.json");
    TokenCounter counter = ModelTokenCounter.of(model);

    assertThat(counter.exact()).isTrue();
    assertThat(counter.count("the cat sat")).isEqualTo(3);
    assertThat(counter.count("the cat ".repeat(2000))).as("beyond its window").isEqualTo(4000);
    assertThat(counter.count("\0\ud800")).isNotNegative();
    assertThat(ModelTokens.controlTokens(model)).contains("[CLS]", "[SEP]", "[MASK]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", " ", "\n", "🙂", "<|im_end|>", "1"})
  void aMegabyteOfAnythingIsCounted(String unit) throws IOException {
    Files.write(folder.resolve("bpe.gguf"), TinyGguf.bytePair("qwen2", MERGES, CONTROLS));
    TokenCounter counter = ModelTokenCounter.of(snapshot("bpe.gguf"));

    assertThat(counter.count(unit.repeat((1 << 20) / unit.length()))).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{}", "[]", "null", "{\"model\":{\"type\":\"BPE\"}}", ""})
  void aBrokenVocabularyLeavesAnUpperEstimate(String json) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json);
    TokenCounter counter = ModelTokenCounter.of(snapshot("tokenizer.json"));

    assertThat(counter.exact()).isFalse();
    assertThat(counter.count("")).isZero();
    assertThat(counter.count("üa")).isEqualTo(4);
    assertThat(ModelTokens.controlTokens(snapshot("tokenizer.json"))).isEmpty();
  }

  @Test
  void anUnknownBytePairKindLeavesAnUpperEstimate() throws IOException {
    Files.write(folder.resolve("bpe.gguf"), TinyGguf.bytePair("gpt-9", MERGES, CONTROLS));

    assertThat(ModelTokenCounter.of(snapshot("bpe.gguf")).exact()).isFalse();
  }

  @Test
  void controlTokensAreReadFromEveryShapeOfConfiguration() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"bos_token": "<s>", "eos_token": {"content": "</s>"}, "pad_token": null,
         "additional_special_tokens": ["<a>", {"content": "<b>"}],
         "added_tokens_decoder": {
           "1": {"content": "<|user|>", "special": false},
           "2": {"content": "<h1>", "special": false},
           "3": {"content": "[INST]", "special": true}}}
        """);

    assertThat(ModelTokens.controlTokens(snapshot("tokenizer_config.json")))
        .containsExactlyInAnyOrder("<s>", "</s>", "<a>", "<b>", "<|user|>", "[INST]");
  }

  private Snapshot snapshot(String file) throws IOException {
    return new Snapshot(
        ModelSource.parse("file:."),
        "0".repeat(40),
        List.of(new ModelFile(file, Files.size(folder.resolve(file)), "0".repeat(64))),
        new ModelFacts(
            Optional.empty(), OptionalLong.empty(), Optional.empty(), OptionalInt.empty()),
        folder);
  }
}
