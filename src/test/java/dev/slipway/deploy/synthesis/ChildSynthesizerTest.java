package dev.slipway.deploy.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Given;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildSynthesizerTest {
  private final Path folder;
  private final Path node;
  private final InfraApp app =
      new InfraApp(
          Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
              .map(Path::of)
              // Reading the blueprint takes no more; the test would hash all of it each time.
              .filter(
                  each ->
                      Files.isDirectory(each)
                          || each.toString().contains("jackson")
                          || each.toString().contains("yaml"))
              .toList(),
          PlayedApp.class.getName());

  ChildSynthesizerTest(@TempDir Path folder) {
    this.folder = folder;
    this.node = folder.resolve("bin").resolve("node");
  }

  @BeforeEach
  void aNode() throws IOException {
    node("v22.4.1");
  }

  private void node(String version) throws IOException {
    Files.createDirectories(folder.resolve("bin"));
    Files.writeString(node, "#!/bin/sh\necho " + version + "\n");
    Files.setPosixFilePermissions(node, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private ChildSynthesizer synthesizer(Map<String, String> environment, Duration limit) {
    return new ChildSynthesizer(app, folder.resolve("cache"), environment, limit);
  }

  private ChildSynthesizer synthesizer() {
    return synthesizer(
        Map.of(
            "PATH",
            node.getParent() + "",
            "HOME",
            folder.toString(),
            "AWS_SECRET_ACCESS_KEY",
            "hush",
            "HF_TOKEN",
            "hush"),
        Duration.ofMinutes(2));
  }

  private static Blueprint blueprint(String name, String image) {
    Manifest manifest =
        new ManifestReader()
            .read(
                "{name: " + name + ", model: {source: \"file:model\"}, endpoint: {kind: async}}",
                "slipway.yaml",
                Path.of("/"),
                Optional.empty(),
                _ -> Optional.empty());
    EndpointSpec endpoint = manifest.endpoint();
    return new Blueprint(
        ResourceNames.of(manifest),
        "eu-west-1",
        Optional.of(
            new Blueprint.Endpoint(
                endpoint,
                List.of("ml.g5.xlarge"),
                new Blueprint.ModelData("models/abc/", false, 1, false),
                new Blueprint.Container(image, Map.of("B", "2", "A", "1"), Optional.empty()),
                new Blueprint.Startup(
                    Duration.ofMinutes(5), Duration.ofMinutes(5), OptionalInt.empty(), 1, 1024))),
        Map.of("x", "1", "y", "2"),
        Optional.empty());
  }

  private List<String> starts() throws IOException {
    Path starts = folder.resolve("starts");
    return Files.exists(starts) ? Files.readAllLines(starts) : List.of();
  }

  @Test
  void anUnchangedPlanStartsNothing() throws IOException {
    Templates first = synthesizer().synthesize(blueprint("chat", "one"));
    // Not even a Node is asked for its version.
    Files.delete(node);
    Templates again = synthesizer().synthesize(blueprint("chat", "one"));

    assertThat(first.endpoint()).contains("{\"image\": \"one\"}");
    assertThat(again).isEqualTo(first);
    assertThat(starts()).hasSize(1);
  }

  @Test
  void aServiceWithAModelOfItsOwnHasNoEndpointsTemplateInTheCacheEither() {
    Blueprint alone =
        Given.blueprint(
            """
            api:
              engine: embedded
              host: fargate
              keys: secret:keys
              fargate:
                vpc: vpc-0123456789abcdef0
                subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
            """,
            Given.lock(List.of(Given.file("model.gguf", 1000)), Given.noFacts()));

    Templates made = synthesizer().synthesize(alone);

    assertThat(made.endpoint()).isEmpty();
    assertThat(made.service()).contains("{\"service\": 1}");
    assertThat(synthesizer().synthesize(alone)).isEqualTo(made);
  }

  @Test
  void whatChangesAnInputOrTheAppIsMadeAnew() throws IOException {
    synthesizer().synthesize(blueprint("chat", "one"));
    assertThat(synthesizer().synthesize(blueprint("chat", "two")).endpoint().orElseThrow())
        .contains("two");
    assertThat(starts()).hasSize(2);

    Path more = Files.writeString(Files.createDirectories(folder.resolve("more")).resolve("a"), "");
    var changed =
        new InfraApp(
            Stream.concat(app.classPath().stream(), Stream.of(more.getParent())).toList(),
            app.mainClass());
    var environment = Map.of("SLIPWAY_NODE", node.toString(), "HOME", folder.toString());
    new ChildSynthesizer(changed, folder.resolve("cache"), environment)
        .synthesize(blueprint("chat", "one"));
    Files.writeString(more, "another build");
    new ChildSynthesizer(changed, folder.resolve("cache"), environment)
        .synthesize(blueprint("chat", "one"));
    assertThat(starts()).hasSize(3);
  }

  @Test
  void theChildGetsNoCredentialsAndLeavesNothingBehind() throws IOException {
    synthesizer().synthesize(blueprint("chat", "one"));

    assertThat(starts().getFirst())
        .contains("JSII_NODE", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION")
        .doesNotContain("AWS_", "HF_");
    try (Stream<Path> left = Files.list(folder.resolve("cache"))) {
      assertThat(left)
          .extracting(each -> String.valueOf(each.getFileName()))
          .containsExactly("templates");
    }
  }

  @Test
  void aFailureTellsWhatTheChildSaid() {
    assertThatThrownBy(() -> synthesizer().synthesize(blueprint("breaks", "one")))
        .isInstanceOf(OperationFailed.class)
        .hasMessageContaining("code 1")
        .hasMessageContaining("the bucket is full of eels");
    assertThatThrownBy(() -> synthesizer().synthesize(blueprint("forgets", "one")))
        .hasMessageContaining("slipway-forgets-store");
  }

  @Test
  void aChildThatHangsIsEnded() {
    var impatient =
        synthesizer(
            Map.of("SLIPWAY_NODE", node.toString(), "HOME", folder.toString()),
            Duration.ofMillis(300));

    assertThatThrownBy(() -> impatient.synthesize(blueprint("hangs", "one")))
        .isInstanceOfSatisfying(
            OperationFailed.class,
            e -> {
              assertThat(e.code()).isEqualTo("synthesis_timeout");
              assertThat(e.retriable()).isTrue();
            });
    assertThat(ProcessHandle.current().children())
        .noneMatch(
            child -> child.info().commandLine().orElse("").contains(PlayedApp.class.getName()));
  }

  @Test
  void aMissingNodeSaysHowToGetOne() throws IOException {
    for (Map<String, String> environment :
        List.of(
            Map.of("PATH", folder.toString()),
            Map.of("SLIPWAY_NODE", folder.resolve("none").toString()))) {
      assertThatThrownBy(
              () ->
                  synthesizer(environment, Duration.ofMinutes(1))
                      .synthesize(blueprint("chat", "x")))
          .isInstanceOfSatisfying(
              OperationFailed.class,
              e -> {
                assertThat(e.code()).isEqualTo("no_node");
                assertThat(e.sentences()).contains("Node.js 20 or newer", "SLIPWAY_NODE");
              });
    }
    node("v18.20.1");
    assertThatThrownBy(() -> synthesizer().synthesize(blueprint("chat", "x")))
        .hasMessageContaining("is Node 18");
  }

  @Test
  void theAppIsFoundWithItsLibrariesAndFromAnyFolder() throws IOException {
    Files.createDirectories(folder.resolve("lib"));
    for (String jar : List.of("slipway-infra.jar", "slipway-0.1.0.jar", "lib/aws-cdk-lib-2.jar")) {
      Files.createFile(folder.resolve(jar));
    }
    Path here = Path.of("").toAbsolutePath();

    assertThat(InfraApp.in(here.relativize(folder.toRealPath())).classPath())
        .hasSize(3)
        .allMatch(each -> each.isAbsolute() && Files.exists(each));
  }

  @Test
  void anAppThatWasNotBuiltSaysSo() {
    assertThatThrownBy(() -> InfraApp.in(folder))
        .isInstanceOfSatisfying(
            OperationFailed.class,
            e -> assertThat(e.sentences()).contains(folder.toString(), "./slipway"));
  }
}
