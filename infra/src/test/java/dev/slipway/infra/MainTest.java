package dev.slipway.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deploy.synthesis.BlueprintDocument;
import dev.slipway.deploy.synthesis.ChildSynthesizer;
import dev.slipway.deploy.synthesis.InfraApp;
import dev.slipway.failure.ManifestInvalid;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelFacts;
import dev.slipway.model.ModelFile;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Design;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the app as {@code cdk.json} and {@code slipway} do. */
final class MainTest {
  private final Path folder;
  private final Path file;

  MainTest(@TempDir Path folder) {
    this.folder = folder;
    this.file = folder.resolve("slipway.yaml");
  }

  @BeforeEach
  void manifestAndLock() throws IOException {
    Files.writeString(
        file,
        Blueprints.yaml("realtime")
            .replace("region: eu-west-1\n", "")
            .replace("42", "${env:CENTER}"));
    lock().write(folder.resolve("slipway.lock"));
  }

  private static Lock lock() {
    return new Lock(
        "file:model",
        Optional.empty(),
        Optional.empty(),
        "0123456789abcdef0123456789abcdef01234567",
        List.of(new ModelFile("model.safetensors", 16_000_000_000L, "ab".repeat(32))),
        new ModelFacts(
            Optional.of("LlamaForCausalLM"),
            OptionalLong.of(8_000_000_000L),
            Optional.of("bfloat16"),
            OptionalInt.of(8192)));
  }

  private Manifest manifest() {
    return new ManifestReader().read(file, Optional.empty(), _ -> Optional.of("42"));
  }

  private Blueprint blueprint(Map<String, String> context, Map<String, String> environment) {
    var all = new HashMap<>(context);
    all.putIfAbsent("file", file.toString());
    return Main.blueprint(key -> Optional.ofNullable(all.get(key)), environment);
  }

  @Test
  void readsTheManifestAndTheLockBesideIt() {
    Blueprint made = blueprint(Map.of("region", "eu-west-1"), Map.of("CENTER", "42"));

    assertThat(made)
        .usingRecursiveComparison()
        .isEqualTo(Design.of(manifest(), lock(), "eu-west-1"));
  }

  @Test
  void regionIsTheContextsThenTheManifestsThenTheCdks() throws IOException {
    Map<String, String> cdk = Map.of("CENTER", "42", "CDK_DEFAULT_REGION", "us-east-1");

    assertThat(blueprint(Map.of(), cdk).region()).isEqualTo("us-east-1");
    assertThatThrownBy(() -> blueprint(Map.of(), Map.of("CENTER", "42")))
        .isInstanceOf(UsageFailure.class)
        .hasMessageContaining("region");
    Files.writeString(file, Blueprints.yaml("realtime"));
    assertThat(blueprint(Map.of(), cdk).region()).isEqualTo("eu-west-1");
    assertThat(blueprint(Map.of("region", "eu-north-1"), cdk).region()).isEqualTo("eu-north-1");
  }

  @Test
  void aMissingLockSaysHowToMakeIt() throws IOException {
    Files.delete(folder.resolve("slipway.lock"));

    assertThatThrownBy(() -> blueprint(Map.of("region", "eu-west-1"), Map.of("CENTER", "42")))
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.next()).contains("slipway model lock"));
  }

  @Test
  void aBrokenManifestIsRefusedWithEveryProblem() throws IOException {
    Files.writeString(file, "name: Chat\nendpoint: {kind: never}\n");

    assertThatThrownBy(() -> blueprint(Map.of(), Map.of()))
        .isInstanceOf(ManifestInvalid.class)
        .hasMessageContaining("name")
        .hasMessageContaining("endpoint.kind");
  }

  @Test
  void blueprintsSurviveTheWayToAnotherProcess() {
    Blueprints.all()
        .forEach(
            (name, each) -> {
              String document = BlueprintDocument.write(each);
              Blueprint back = BlueprintDocument.read(document);
              assertThat(back).as(name).usingRecursiveComparison().isEqualTo(each);
              assertThat(BlueprintDocument.write(back)).isEqualTo(document);
            });
  }

  /** What {@code slipway plan} shows is what {@code cdk diff} would compare. */
  @Test
  void slipwayAndTheCdkWriteTheSameBytes(@TempDir Path cache) throws Exception {
    Outside.needs("node");
    var app = new InfraApp(classPath(), Main.class.getName());
    var synthesizer = new ChildSynthesizer(app, cache, System.getenv());

    var templates = synthesizer.synthesize(manifest(), lock(), "eu-west-1");

    assertThat(templates)
        .isEqualTo(
            Assembly.synthesize(blueprint(Map.of("region", "eu-west-1"), Map.of("CENTER", "42"))));
  }

  @Test
  void aBrokenManifestIsTextAndNoStackTrace(@TempDir Path other) throws Exception {
    Files.writeString(file, "name: Chat\n");

    Process cdk = run(other.resolve("out"), "{\"file\": \"" + file + "\"}", other.resolve("said"));

    assertThat(cdk.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(cdk.exitValue()).isEqualTo(3);
    assertThat(Files.readString(other.resolve("said")))
        .startsWith("Cannot use " + file)
        .contains("name:")
        .doesNotContain("\tat ", "Exception");
  }

  private static Process run(Path out, String context, Path said) throws IOException {
    var cdk =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName())
            // Needs no Node to say it.
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    cdk.environment().put("CDK_OUTDIR", out.toString());
    cdk.environment().put("CDK_CONTEXT_JSON", context);
    cdk.environment().put("CENTER", "42");
    return cdk.start();
  }

  private static List<Path> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .toList();
  }

  @Test
  void aDocumentOfAnotherVersionIsRefused() {
    assertThatThrownBy(() -> BlueprintDocument.read("{\"names\": {}}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
