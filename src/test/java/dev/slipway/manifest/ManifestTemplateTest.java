package dev.slipway.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.model.ModelSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestTemplateTest {
  private static final ModelSource SOURCE = new ModelSource.LocalPath("model.gguf");

  static List<String> kinds() {
    return ManifestTemplate.kinds();
  }

  /** Returns a template with each of its commented keys made a key. */
  static String withEveryKey(String kind) {
    return ManifestTemplate.text(kind).replaceAll("(?m)^( *)#(?=[a-z_]+:)", "$1");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void isValidAsItIsAndWithEveryKey(String kind) {
    assertThat(Read.problems(ManifestTemplate.text(kind))).isEmpty();
    assertThat(Read.problems(withEveryKey(kind))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void showsEveryKeyOfTheDescriptionAndNoOthers(String kind) {
    Set<String> shown = new TreeSet<>();
    Element.Mapping root =
        (Element.Mapping) Document.parse(withEveryKey(kind), new Findings()).orElseThrow();
    collect(root.without(ManifestKeys.ENVIRONMENTS), shown);

    Predicate<Type.Described> inOtherForm =
        described -> described.path().matches("(rag\\.(store|rerank)|api\\.(jwt|tls))\\..*");
    assertThat(shown)
        .containsExactlyInAnyOrderElementsOf(
            ManifestKeys.shape().described().stream()
                .filter(inOtherForm.negate())
                .map(Type.Described::path)
                .collect(Collectors.toSet()));
    assertThat(ManifestTemplate.text(kind))
        .contains("{qdrant: ", "key: secret:", "{cross_encoder: ", ManifestKeys.ENVIRONMENTS);
  }

  private static void collect(Element element, Set<String> paths) {
    switch (element) {
      case Element.Mapping mapping -> {
        if (mapping.entries().isEmpty() || isLeaf(mapping.path())) {
          paths.add(mapping.path());
        }
        mapping.entries().values().forEach(value -> collect(value, paths));
      }
      case Element.Sequence list -> {
        paths.add(list.path());
        list.items().stream()
            .filter(item -> item instanceof Element.Mapping)
            .forEach(item -> collect(item, paths));
      }
      case Element.Scalar scalar -> paths.add(scalar.path().replaceAll("\\[[0-9]+]", "[]"));
      case Element.Unknown unknown -> paths.add(unknown.path());
    }
  }

  private static boolean isLeaf(String path) {
    return ManifestKeys.shape().keys().stream().anyMatch(key -> key.path().equals(path));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void commentedScalarsSayTheirDefaults(String kind) {
    Manifest bare =
        Read.manifest(ManifestTemplate.text(kind).replaceAll("(?m)^environments:\n.*\n", ""));
    String all = withEveryKey(kind).replaceAll("(?m)^( *)(schedule|region): .*\n", "");

    assertThat(Read.manifest(all)).isEqualTo(bare);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyKeyHasACommentAboveItOrAboveItsGroup(String kind) {
    List<String> lines = ManifestTemplate.text(kind).lines().toList();
    for (int i = 1; i < lines.size(); i++) {
      boolean top = lines.get(i).matches("  #?[a-z_]+: .*");
      assertThat(top && lines.get(i - 1).matches("  #?[a-z_]+: .*"))
          .as("%s: no comment above line %d: %s", kind, i + 1, lines.get(i))
          .isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void takesTheNameAndTheSource(String kind) {
    DeploymentName name = new DeploymentName("my-chat");
    ModelSource source = new ModelSource.HuggingFace("org", "name");

    Manifest manifest = Read.manifest(ManifestTemplate.render(kind, name, source));

    assertThat(manifest.name()).isEqualTo(name);
    assertThat(manifest.model().source()).isEqualTo(source);
    assertThat(ManifestTemplate.render(kind, name, source).lines())
        .hasSameSizeAs(ManifestTemplate.text(kind).lines().toList());
  }

  @Test
  void anySourceReadsBackAsItIs() {
    Random random = new Random(7);
    String alphabet = "a/.: #'\"\\{}[]$&*!|>%@`,?-~\t\n\u0085\u00e9\u2028\uFEFF\u0001";
    for (int i = 0; i < 300; i++) {
      String path =
          random
              .ints(1 + random.nextInt(12), 0, alphabet.length())
              .mapToObj(at -> alphabet.substring(at, at + 1))
              .collect(Collectors.joining());
      for (String whole : List.of(path, path + "${env:HOME}\uD83D\uDEA2")) {
        ModelSource source = new ModelSource.LocalPath(whole);
        String text = ManifestTemplate.render("local", new DeploymentName("a"), source);
        assertThat(Read.manifest(text).model().source()).as("round %d", i).isEqualTo(source);
      }
    }
  }

  @Test
  void anUnknownKindIsRefused() {
    assertThatThrownBy(() -> ManifestTemplate.render("batch", new DeploymentName("a"), SOURCE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[local, realtime, async]");
  }

  @Test
  void theBundledSampleIsValid() throws Exception {
    try (var in = ManifestTemplate.class.getResourceAsStream("/templates/sample/slipway.yaml")) {
      assertThat(in).isNotNull();
      Manifest sample = Read.manifest(new String(in.readAllBytes(), StandardCharsets.UTF_8));

      assertThat(sample.name()).hasToString("slipway-demo");
      assertThat(sample.target()).isEqualTo(Manifest.Target.LOCAL);
      assertThat(sample.endpoint().hosting().server()).isEqualTo(new Hosting.Server.LlamaCpp());
      assertThat(sample.rag().collections()).containsExactly("docs");
      assertThat(sample.rag().k()).isEqualTo(3);
    }
  }

  @Test
  void theBundledSamplesModelIsThere() {
    Path root = ManifestReferenceTest.root();
    Manifest sample =
        new ManifestReader()
            .read(
                root.resolve("templates/sample/slipway.yaml"),
                Optional.empty(),
                name -> Optional.empty());

    ModelSource.LocalPath model = (ModelSource.LocalPath) sample.model().source();
    assertThat(Files.exists(sample.folder().resolve(model.path()).resolve("model.gguf"))).isTrue();
  }
}
