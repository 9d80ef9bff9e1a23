package dev.slipway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.Failure;
import dev.slipway.failure.Refused;
import dev.slipway.model.ModelSpec.Allowance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What every registry must do; its test puts a model into one, and resolves it. */
public abstract class ModelRegistryContract {

  private static final byte[] WEIGHTS = SafetensorsBytes.halfFloats("w", 40_000);

  /** Makes a registry's test. */
  protected ModelRegistryContract() {}

  /** Puts these files, and no others, under a new revision of the model. */
  protected abstract void publish(Map<String, byte[]> files) throws IOException;

  /** Returns the registry, without what it has learned so far. */
  protected abstract ModelRegistry registry();

  /** Returns the model's source. */
  protected abstract ModelSource source();

  /** Returns the folder that relative paths start from. */
  protected abstract Path folder();

  @Test
  final void safetensorsAreTheWeightsAndConfigurationAndTokenizerComeAlong() throws IOException {
    Map<String, byte[]> files = transformersModel();
    files.put("pytorch_model.bin", text("the same again"));
    files.put("README.md", text("# A model"));
    publish(files);

    Snapshot snapshot = resolve();

    assertThat(snapshot.files())
        .extracting(ModelFile::path)
        .containsExactly("config.json", "model.safetensors", "tokenizer.json");
    assertThat(snapshot.files())
        .allSatisfy(
            file -> {
              byte[] bytes = files.getOrDefault(file.path(), new byte[0]);
              assertThat(file.size()).isEqualTo(bytes.length);
              assertThat(file.sha256()).isEqualTo(sha256(bytes));
            });
    assertThat(snapshot.facts().architecture()).contains("LlamaForCausalLM");
    assertThat(snapshot.facts().parameters()).hasValue(40_000);
    assertThat(snapshot.facts().contextLength()).hasValue(2048);
    assertThat(snapshot.commit()).isNotBlank();
  }

  @Test
  final void picklesAloneAreRefusedUnlessAllowed() throws IOException {
    publish(Map.of("config.json", text("{}"), "pytorch_model.bin", text("pickled")));

    assertThatThrownBy(this::resolve)
        .isInstanceOfSatisfying(
            Refused.class,
            e -> assertThat(e.getMessage()).contains("pytorch_model.bin", "Python pickle"));
    Snapshot allowed = registry().resolve(spec(Allowance.PICKLE), folder(), Optional.empty());
    assertThat(allowed.files()).extracting(ModelFile::path).contains("pytorch_model.bin");
  }

  @Test
  final void remoteCodeIsRefusedUnlessAllowed() throws IOException {
    Map<String, byte[]> files = transformersModel();
    files.put("config.json", text("{\"auto_map\": {\"AutoModel\": \"modeling.M\"}}"));
    files.put("modeling.py", text("print()"));
    publish(files);

    assertThatThrownBy(this::resolve)
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.getMessage()).contains("auto_map"));
    Snapshot allowed = registry().resolve(spec(Allowance.REMOTE_CODE), folder(), Optional.empty());
    assertThat(allowed.files()).extracting(ModelFile::path).contains("modeling.py");
  }

  @Test
  final void anyRangeOfAnyFileCanBeRead() throws IOException {
    Map<String, byte[]> files = transformersModel();
    publish(files);

    Snapshot snapshot = resolve();

    for (ModelFile file : snapshot.files()) {
      byte[] all = files.getOrDefault(file.path(), new byte[0]);
      int middle = all.length / 2;
      assertThat(read(snapshot, file, 0, all.length)).isEqualTo(all);
      assertThat(read(snapshot, file, middle, all.length - middle))
          .isEqualTo(Arrays.copyOfRange(all, middle, all.length));
      assertThat(read(snapshot, file, 1, 1)).isEqualTo(Arrays.copyOfRange(all, 1, 2));
    }
  }

  @Test
  final void aFetchedSnapshotLiesInAFolderWithEveryByte() throws IOException {
    Map<String, byte[]> files = transformersModel();
    publish(files);
    var last = new AtomicLong();
    Snapshot resolved = resolve();

    Snapshot fetched =
        registry()
            .fetch(
                resolved,
                at -> {
                  assertThat(at.total()).isEqualTo(resolved.bytes());
                  last.accumulateAndGet(at.done(), Math::max);
                });

    Path folder = fetched.content().folder().orElseThrow();
    for (ModelFile file : fetched.files()) {
      assertThat(Files.readAllBytes(folder.resolve(file.path()))).isEqualTo(files.get(file.path()));
      assertThat(fetched.path(file.path())).contains(folder.resolve(file.path()));
    }
    assertThat(last.get()).isIn(0L, resolved.bytes());
  }

  @Test
  final void theSameBytesResolveToTheSameSnapshot() throws IOException {
    publish(transformersModel());
    Snapshot first = resolve();

    Snapshot again = registry().resolve(spec(), folder(), Optional.of(first.commit()));

    assertThat(again.commit()).isEqualTo(first.commit());
    assertThat(again.files()).isEqualTo(first.files());
    assertThat(again.facts()).isEqualTo(first.facts());
  }

  @Test
  final void anEmptyModelIsToldAsOne() throws IOException {
    publish(Map.of("README.md", text("# Nothing")));

    assertThatThrownBy(this::resolve)
        .isInstanceOf(Failure.class)
        .hasMessageContaining(source().uri())
        .hasMessageContaining("no weights");
  }

  @Test
  final void globsChooseFilesAndMustMatch() throws IOException {
    Map<String, byte[]> files = transformersModel();
    files.put("a.gguf", new GgufBytes().text("general.architecture", "llama").bytes());
    files.put("b.gguf", new GgufBytes().text("general.architecture", "llama").bytes());
    publish(files);

    var one = new ModelSpec(source(), "main", List.of("b.gguf"), Set.of());
    var none = new ModelSpec(source(), "main", List.of("*.onnx"), Set.of());

    assertThat(registry().resolve(one, folder(), Optional.empty()).files())
        .extracting(ModelFile::path)
        .containsExactly("b.gguf");
    assertThatThrownBy(() -> registry().resolve(none, folder(), Optional.empty()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("*.onnx");
  }

  /** Returns a small model in the layout of the transformers library. */
  protected static Map<String, byte[]> transformersModel() {
    Map<String, byte[]> files = new TreeMap<>();
    files.put(
        "config.json",
        text(
            "{\"architectures\": [\"LlamaForCausalLM\"], \"max_position_embeddings\": 2048,"
                + " \"torch_dtype\": \"float16\"}"));
    files.put("tokenizer.json", text("{\"version\": \"1.0\"}"));
    files.put("model.safetensors", WEIGHTS.clone());
    return files;
  }

  private Snapshot resolve() {
    return registry().resolve(spec(), folder(), Optional.empty());
  }

  private ModelSpec spec(Allowance... allow) {
    return new ModelSpec(source(), "main", List.of(), Set.of(allow));
  }

  private static byte[] read(Snapshot snapshot, ModelFile file, long offset, long length)
      throws IOException {
    try (InputStream in = snapshot.content().open(file, offset, length)) {
      return in.readAllBytes();
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
