package dev.slipway.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.model.DemoModel;
import dev.slipway.model.GgufBytes;
import dev.slipway.model.GgufHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentencePieceTokenizerTest {

  private static final List<String> CONTROLS =
      List.of(
          "<s>", "</s>", "<unk>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<0x0A>");

  @Test
  void splitsAnyTextAsLlamaCppDoes(@TempDir Path temporary) throws IOException {
    SentencePieceTokenizer tokenizer = demo();
    long seed = 20_260_103;
    var texts = new RandomText(new Random(seed), CONTROLS);
    try (var llama = new LlamaEncoder(DemoModel.gguf(), temporary)) {
      for (int i = 0; i < 2000; i++) {
        String text = Texts.whole(texts.next());
        assertThat(tokenizer.encode(text))
            .as("seed %d, text %d: \"%s\"", seed, i, text)
            .containsExactly(llama.encode(text));
      }
    }
  }

  @Test
  void splitsAsLlamaCppDoesWithASpacePrefix(@TempDir Path temporary) throws IOException {
    // The demo model's head with the switch turned, and its key's length kept.
    byte[] bytes = Files.readAllBytes(DemoModel.gguf());
    byte[] key = "tokenizer.ggml.add_space_prefix".getBytes(StandardCharsets.UTF_8);
    int at = indexOf(bytes, key) + key.length + 4;
    assertThat(bytes[at]).isZero();
    bytes[at] = 1;
    Path gguf = Files.write(temporary.resolve("prefixed.gguf"), bytes);
    SentencePieceTokenizer tokenizer =
        SentencePieceTokenizer.of(GgufHeader.read(gguf)).orElseThrow();
    long seed = 20_260_104;
    var texts = new RandomText(new Random(seed), CONTROLS);
    try (var llama = new LlamaEncoder(gguf, Files.createDirectory(temporary.resolve("own")))) {
      for (int i = 0; i < 500; i++) {
        String text = Texts.whole(texts.next());
        assertThat(tokenizer.encode(text))
            .as("seed %d, text %d: \"%s\"", seed, i, text)
            .containsExactly(llama.encode(text));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", " ", "\n", "<", "<|end|>", "the ", "🙂", "\ud800", "<|en", "\u2581"})
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void aMegabyteOfAnythingIsCounted(String unit) throws IOException {
    String text = unit.repeat((1 << 20) / unit.length());

    assertThat(demo().encode(text).length).isPositive();
  }

  @Test
  void mergesAcrossWordsWhereTheVocabularyDoes() {
    SentencePieceTokenizer tokenizer =
        of(List.of("a", "b", "\u2581", "\u2581b", "a\u2581b"), List.of(0f, 0f, 0f, -1f, -2f));

    assertThat(tokenizer.encode("a b")).containsExactly(4);
  }

  @Test
  void bytesThatTheVocabularyLacksStillCount() {
    assertThat(of(List.of("a"), List.of(0f)).encode("ü")).hasSize(2);
  }

  private static SentencePieceTokenizer of(List<String> tokens, List<Float> scores) {
    try {
      Path file = Files.createTempFile("vocabulary", ".gguf");
      try {
        Files.write(
            file,
            new GgufBytes()
                .text("tokenizer.ggml.model", "llama")
                .texts("tokenizer.ggml.tokens", tokens)
                .reals("tokenizer.ggml.scores", scores)
                .flag("tokenizer.ggml.add_space_prefix", false)
                .bytes());
        return SentencePieceTokenizer.of(GgufHeader.read(file)).orElseThrow();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SentencePieceTokenizer demo() throws IOException {
    return SentencePieceTokenizer.of(GgufHeader.read(DemoModel.gguf())).orElseThrow();
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int at = 0; at <= bytes.length - part.length; at++) {
      if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new AssertionError("the file has no such key");
  }
}
