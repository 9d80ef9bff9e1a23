package dev.slipway.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.model.DemoModel;
import dev.slipway.model.GgufBytes;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.ModelSpec.Allowance;
import dev.slipway.model.SafetensorsBytes;
import dev.slipway.model.Snapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FileRegistryTest {

  private final FileRegistry registry = new FileRegistry();

  private final Path folder;

  FileRegistryTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theDemoModelsFolderGivesBothItsWeightsAndTheirFacts() {
    Snapshot snapshot =
        registry.resolve(
            spec("demo-model", List.of()),
            DemoModel.folder().resolve("..").normalize(),
            Optional.empty());

    assertThat(paths(snapshot))
        .containsExactly(
            "chat_template.jinja",
            "config.json",
            "generation_config.json",
            "model.gguf",
            "model.safetensors",
            "tokenizer.model",
            "tokenizer_config.json");
    assertThat(snapshot.facts().architecture()).contains("LlamaForCausalLM");
    assertThat(snapshot.facts().parameters()).hasValue(1_066_112);
    assertThat(snapshot.facts().dtype()).contains("float16");
    assertThat(snapshot.facts().contextLength()).hasValue(512);
    assertThat(snapshot.gguf()).contains(snapshot.path("model.gguf").orElseThrow());
    assertThat(snapshot.commit()).matches("[0-9a-f]{40}");
  }

  @Test
  void oneGgufFileIsAModelOfItsOwn() throws IOException {
    Snapshot snapshot =
        registry.resolve(
            new ModelSpec(
                ModelSource.parse("file:" + DemoModel.gguf()), "main", List.of(), Set.of()),
            folder,
            Optional.empty());

    assertThat(paths(snapshot)).containsExactly("model.gguf");
    assertThat(snapshot.facts().architecture()).contains("llama");
    assertThat(snapshot.facts().parameters()).hasValue(1_066_112);
    assertThat(snapshot.facts().dtype()).contains("float16");
    assertThat(snapshot.files().getFirst().size()).isEqualTo(Files.size(DemoModel.gguf()));
  }

  @Test
  void hashesAreSha256AndTheCommitFollowsNamesAndBytes() throws IOException {
    huggingFaceModel();
    write("tokenizer.json", "abc");
    Snapshot first = resolve();

    assertThat(first.files())
        .contains(
            new ModelFile(
                "tokenizer.json",
                3,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assertThat(resolve().commit()).isEqualTo(first.commit());

    write("tokenizer.json", "abd");
    assertThat(resolve().commit()).isNotEqualTo(first.commit());
    write("tokenizer.json", "abc");
    assertThat(resolve().commit()).isEqualTo(first.commit());
    Files.move(folder.resolve("tokenizer.json"), folder.resolve("vocab.json"));
    assertThat(resolve().commit()).isNotEqualTo(first.commit());
  }

  @Test
  void weightsInOtherFormatsAreLeftOut() throws IOException {
    huggingFaceModel();
    write("pytorch_model.bin", "x");
    write("tf_model.h5", "x");
    write("consolidated.safetensors", "x");
    write("README.md", "x");
    write("onnx/model.onnx", "x");
    write(".git/config.json", "x");

    assertThat(paths(resolve())).containsExactly("config.json", "model.safetensors");
  }

  @Test
  void picklesAloneAreRefusedUnlessAllowed() throws IOException {
    write("config.json", "{}");
    write("pytorch_model.bin", "x");

    assertRefused(spec(), "\"pytorch_model.bin\": it is a Python pickle");
    assertThat(paths(registry.resolve(spec(Allowance.PICKLE), folder, Optional.empty())))
        .containsExactly("config.json", "pytorch_model.bin");
  }

  @Test
  void aPickleUnderAnotherNameIsSeen() throws IOException {
    huggingFaceModel();
    Files.write(folder.resolve("tokenizer.model"), new byte[] {(byte) 0x80, 4, (byte) 0x95, 0});

    assertRefused(spec(), "\"tokenizer.model\": it is a Python pickle");
  }

  @Test
  void remoteCodeIsRefusedUnlessAllowed() throws IOException {
    huggingFaceModel();
    write("config.json", "{\"auto_map\": {\"AutoModel\": \"modeling.Model\"}}");
    write("modeling.py", "print()");

    assertRefused(spec(), "\"config.json\": its auto_map");
    assertRefused(spec(".", List.of("*.py")), "\"modeling.py\": it is code");
    assertThat(paths(registry.resolve(spec(Allowance.REMOTE_CODE), folder, Optional.empty())))
        .contains("modeling.py", "config.json");
  }

  @Test
  void everyProblemIsToldAtOnce() throws IOException {
    write("config.json", "{\"auto_map\": {}}");
    write("model.safetensors", "nonsense that is none");
    write("model.gguf", "GGML");

    assertThatThrownBy(() -> resolve())
        .isInstanceOfSatisfying(
            Refused.class,
            e -> {
              assertThat(e.why().lines()).hasSize(3);
              assertThat(e.why())
                  .contains("\"config.json\": ", "\"model.gguf\": ", "\"model.safetensors\": ");
              assertThat(e.next()).contains("remote-code");
            });
  }

  @Test
  void shardsOfTheIndexAreTheWeights() throws IOException {
    write("config.json", "{}");
    shards("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
    Files.write(folder.resolve("consolidated.safetensors"), SafetensorsBytes.halfFloats("a", 2));
    index("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");

    Snapshot snapshot = resolve();

    assertThat(paths(snapshot))
        .containsExactly(
            "config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json");
    assertThat(snapshot.facts().parameters()).hasValue(8);
    assertThat(snapshot.facts().dtype()).contains("float16");
  }

  @Test
  void missingShardsAreNamed() throws IOException {
    shards("model-00001-of-00003.safetensors");
    index("model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors");

    assertRefused(spec(), "\"model-00002-of-00003.safetensors\": it is missing");
    assertRefused(spec(), "\"model-00003-of-00003.safetensors\": it is missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../x.safetensors", "/etc/passwd", "a\\\\..\\\\b", "a\\u0000b", "a\\nb", ""})
  void anIndexThatNamesUnsafePathsIsRefused(String name) throws IOException {
    Files.write(folder.resolveSibling("x.safetensors"), SafetensorsBytes.halfFloats("a", 2));
    index(name);

    assertThatThrownBy(() -> resolve())
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.why()).contains("names it").doesNotContain("\0"));
    Files.delete(folder.resolveSibling("x.safetensors"));
  }

  @Test
  void linksMayStayWithinTheFolderButNotLeaveIt() throws IOException {
    huggingFaceModel();
    Files.createDirectory(folder.resolve("real"));
    Files.move(folder.resolve("config.json"), folder.resolve("real/inner.json"));
    Files.createSymbolicLink(folder.resolve("config.json"), Path.of("real/inner.json"));
    assertThat(paths(resolve())).contains("config.json");

    Path secret = Files.createTempFile("secret", ".json");
    try {
      Files.createSymbolicLink(folder.resolve("tokenizer.json"), secret);
      Files.createSymbolicLink(folder.resolve("vocab.json"), Path.of("nowhere"));
      assertRefused(spec(), "\"tokenizer.json\": it is a link that leads out");
      assertRefused(spec(), "\"vocab.json\": it is a link that leads nowhere");
    } finally {
      Files.delete(secret);
    }
  }

  @Test
  void snapshotsInHuggingFacesCacheMayLinkToItsBlobs() throws IOException {
    Path repository = folder.resolve("models--org--name");
    Path snapshot = Files.createDirectories(repository.resolve("snapshots/c0ffee"));
    Path blob = Files.createDirectories(repository.resolve("blobs")).resolve("1234");
    Files.write(blob, SafetensorsBytes.halfFloats("a", 2));
    Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/1234"));

    assertThat(
            paths(
                registry.resolve(
                    spec("models--org--name/snapshots/c0ffee", List.of()),
                    folder,
                    Optional.empty())))
        .containsExactly("model.safetensors");
  }

  @Test
  void aFolderOrPipeInAFilesPlaceIsRefusedWithoutWaiting() throws Exception {
    huggingFaceModel();
    int made =
        new ProcessBuilder("mkfifo", folder.resolve("tokenizer.json").toString()).start().waitFor();
    assertThat(made).isZero();
    Files.createDirectory(folder.resolve("real"));
    Files.createSymbolicLink(folder.resolve("vocab.json"), Path.of("real"));

    assertRefused(spec(), "\"tokenizer.json\": it is no regular file");
    assertRefused(spec(), "\"vocab.json\": it is no regular file");
  }

  @Test
  void namesWithControlCharactersAreRefused() throws IOException {
    huggingFaceModel();
    write("evil\u001b[2J.json", "{}");

    assertRefused(spec(".", List.of("*.json", "*.safetensors")), "\"evil\\u001b[2J.json\": ");
  }

  @Test
  void globsChooseFilesAndMustMatch() throws IOException {
    huggingFaceModel();
    write("extra/deep/note.txt", "x");
    write("note.txt", "x");

    assertThat(
            paths(
                registry.resolve(
                    spec(".", List.of("*.safetensors", "**/*.txt")), folder, Optional.empty())))
        .containsExactly("extra/deep/note.txt", "model.safetensors", "note.txt");
    assertRefused(spec(".", List.of("*.onnx")), "\"*.onnx\": no file matches");
    assertRefused(spec(".", List.of("[a")), "it is no glob");
    assertRefused(spec(".", List.of("../*")), "leaves the model's folder");
  }

  @Test
  void ofSeveralGgufsOneMustBeNamed() throws IOException {
    gguf("a.gguf");
    gguf("b.gguf");

    assertRefused(spec(), "it has 2 GGUF models: a.gguf, b.gguf");
    assertThat(paths(registry.resolve(spec(".", List.of("b.gguf")), folder, Optional.empty())))
        .containsExactly("b.gguf");
  }

  @Test
  void aSplitGgufIsOneModelAndMustBeWhole() throws IOException {
    gguf("m-00001-of-00002.gguf");
    assertRefused(spec(), "\"m-00002-of-00002.gguf\": it is missing");

    gguf("m-00002-of-00002.gguf");
    assertThat(paths(resolve())).hasSize(2);
    assertThat(
            paths(
                registry.resolve(
                    spec("m-00001-of-00002.gguf", List.of()), folder, Optional.empty())))
        .as("the first file named alone brings the rest")
        .hasSize(2);
  }

  @Test
  void packedIntegersAreNoCountOfParameters() throws IOException {
    write("config.json", "{\"quantization_config\": {\"quant_method\": \"gptq\"}}");
    Files.write(
        folder.resolve("model.safetensors"),
        SafetensorsBytes.of("{\"w\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8));

    assertThat(resolve().facts().parameters()).isEmpty();
  }

  @Test
  void anEmptyFolderAndOneThatIsNotThereAreTold() {
    assertRefused(spec(), "it has no weights");
    assertThatThrownBy(() -> registry.resolve(spec("absent", List.of()), folder, Optional.empty()))
        .isInstanceOfSatisfying(
            OperationFailed.class,
            e -> {
              assertThat(e.code()).isEqualTo("model_not_found");
              assertThat(e.why()).contains("absent does not exist");
            });
  }

  @Test
  void aFileThatIsNoGgufIsRefused() throws IOException {
    write("notes.txt", "x");
    write("fake.gguf", "x");

    assertRefused(spec("notes.txt", List.of()), "doesn't end in .gguf");
    assertRefused(spec("fake.gguf", List.of()), "\"GGUF\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hf://org/name", "s3://bucket/prefix/", "registry://group/1"})
  void otherSourcesAreToldWhatThisVersionResolves(String uri) {
    var spec = new ModelSpec(ModelSource.parse(uri), "main", List.of(), Set.of());

    assertThatThrownBy(() -> registry.resolve(spec, folder, Optional.empty()))
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.getMessage()).contains(uri, "file:"));
  }

  private void huggingFaceModel() throws IOException {
    write("config.json", "{\"architectures\": [\"LlamaForCausalLM\"]}");
    Files.write(folder.resolve("model.safetensors"), SafetensorsBytes.halfFloats("a", 4));
  }

  private void shards(String... names) throws IOException {
    for (String name : names) {
      Files.write(folder.resolve(name), SafetensorsBytes.halfFloats(name, 4));
    }
  }

  private void index(String... names) throws IOException {
    var map = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      map.append(i == 0 ? "" : ",").append("\"t%d\":\"%s\"".formatted(i, names[i]));
    }
    write("model.safetensors.index.json", "{\"weight_map\":{" + map + "}}");
  }

  private void gguf(String name) throws IOException {
    Files.write(
        folder.resolve(name), new GgufBytes().text("general.architecture", "llama").bytes());
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private Snapshot resolve() {
    return registry.resolve(spec(), folder, Optional.empty());
  }

  private void assertRefused(ModelSpec spec, String why) {
    assertThatThrownBy(() -> registry.resolve(spec, folder, Optional.empty()))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.why()).contains(why));
  }

  private static ModelSpec spec(Allowance... allow) {
    return new ModelSpec(ModelSource.parse("file:."), "main", List.of(), Set.of(allow));
  }

  private static ModelSpec spec(String path, List<String> files) {
    return new ModelSpec(ModelSource.parse("file:" + path), "main", files, Set.of());
  }

  private static List<String> paths(Snapshot snapshot) {
    return snapshot.files().stream().map(ModelFile::path).toList();
  }
}
