package dev.slipway.local.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipway.failure.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedEngineTest {
  private static final Path DEMO = Path.of("..", "demo-model", "model.gguf");
  private static final Set<String> FLAGS = Set.of("avx", "avx2", "f16c", "fma", "bmi2", "sse2");
  private static final Machine BIG =
      new Machine("linux", "x86_64", false, FLAGS, OptionalLong.of(64L << 30));

  private final Path folder;

  EmbeddedEngineTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void demoModelFitsWithItsOwnContext() {
    EmbeddedEngine.Fit fit = EmbeddedEngine.on(BIG).check(DEMO);
    assertThat(fit.context()).isEqualTo(512);
    assertThat(fit.neededBytes()).isBetween(256L << 20, 300L << 20);
  }

  @Test
  void contextIsAtMostWhatIsAskedForAndWhatTheModelHas() throws IOException {
    Path big = GgufFile.write(folder.resolve("big.gguf"), GgufFile.model("llama", 2, 64, 131_072));
    EmbeddedEngine engine = EmbeddedEngine.on(BIG);
    assertThat(engine.check(big, 1, 0).context()).isEqualTo(4_096);
    assertThat(engine.check(big, 1, 10_000).context()).isEqualTo(10_000);
    assertThat(engine.check(big, 1, 200_000).context()).isEqualTo(131_072);
  }

  @Test
  void whatIsNotGgufIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("model.gguf"), "not a model at all");
    assertThat(refused(BIG, text).code()).isEqualTo("not_gguf");
    assertThat(refused(BIG, folder.resolve("none.gguf")).why()).isEqualTo("there is no such file");
  }

  @Test
  void newerArchitectureIsRefusedAndTheProxyEngineNamed() throws IOException {
    Path file = GgufFile.write(folder.resolve("q3.gguf"), GgufFile.model("qwen3", 2, 64, 512));
    Refused refused = refused(BIG, file);
    assertThat(refused.why()).contains("qwen3", "doesn't know it");
    assertThat(refused.next()).contains("endpoint.engine: http://host:port");
  }

  @Test
  void modelsThatMakeNoTextAreRefused() throws IOException {
    Path file = GgufFile.write(folder.resolve("bert.gguf"), GgufFile.model("bert", 2, 64, 512));
    assertThat(refused(BIG, file).why()).contains("makes embeddings");
  }

  @Test
  void partsOfModelsAreRefused() throws IOException {
    Path file =
        GgufFile.write(
            folder.resolve("part.gguf"), java.util.Map.of("general.architecture", "llama"));
    assertThat(refused(BIG, file).why()).contains("has no tokenizer.ggml.model");
  }

  @Test
  void modelLargerThanTheMemoryIsRefusedWithBothNumbers() throws IOException {
    // 80 layers of width 8192 and 4 x 4096 tokens: 80 * 16384 * 2 * 8192 * 2 bytes = 40 GiB
    Path file =
        GgufFile.write(folder.resolve("70b.gguf"), GgufFile.model("llama", 80, 8_192, 8_192));
    Machine small = new Machine("linux", "x86_64", false, FLAGS, OptionalLong.of(8L << 30));
    Refused refused = refused(small, file);
    assertThat(refused.code()).isEqualTo("model_too_large");
    assertThat(refused.why()).contains("8192 MiB are available", "4 requests of 4096 tokens");
    assertThat(EmbeddedEngine.on(BIG).check(file).neededBytes()).isGreaterThan(40L << 30);
  }

  @Test
  void machineWithoutABuildIsRefused() {
    Machine power = new Machine("linux", "ppc64le", false, Set.of(), OptionalLong.empty());
    assertThat(refused(power, DEMO).why()).contains("no build for linux ppc64le");
    Machine alpine = new Machine("linux", "x86_64", true, FLAGS, OptionalLong.empty());
    assertThat(refused(alpine, DEMO).why()).contains("musl");
    Machine old = new Machine("linux", "x86_64", false, Set.of("avx"), OptionalLong.empty());
    assertThat(refused(old, DEMO).why()).isEqualTo("this processor lacks avx2, bmi2, f16c, fma");
  }

  @Test
  void everyListedArchitectureIsInTheNativeLibrary() throws IOException {
    String library = "/de/kherud/llama/Linux/x86_64/libjllama.so";
    try (InputStream in = Architectures.class.getResourceAsStream(library)) {
      String bytes =
          new String(
              java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.ISO_8859_1);
      // A name may be the end of another one: the linker merges them.
      assertThat(Architectures.known().makes().keySet())
          .hasSizeGreaterThan(50)
          .allMatch(name -> bytes.contains(name + "\0"))
          .contains("llama", "qwen2", "gemma3", "phi3")
          .doesNotContain("qwen3");
      assertThat(bytes).doesNotContain("qwen3\0");
    }
  }

  private static Refused refused(Machine machine, Path file) {
    return assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> EmbeddedEngine.on(machine).check(file))
        .actual();
  }
}
