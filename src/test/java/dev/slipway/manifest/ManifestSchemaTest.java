package dev.slipway.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.slipway.failure.ManifestInvalid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestSchemaTest {
  private static final Map<String, String> VARIABLES = Map.of("SET", "5m");

  private final JsonSchema schema =
      JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(new ManifestSchema().json());

  private List<String> rejections(String manifest) {
    Findings findings = new Findings();
    Element root = Document.parse(manifest, findings).orElseThrow();
    assertThat(findings.byLine()).isEmpty();
    return schema.validate(ManifestSchema.json(root)).stream().map(Object::toString).toList();
  }

  static List<String> good() {
    List<String> manifests = new ArrayList<>(List.of(Read.LEAST, Read.everyKey()));
    for (String kind : ManifestTemplate.kinds()) {
      manifests.add(ManifestTemplate.text(kind));
      manifests.add(ManifestTemplateTest.withEveryKey(kind));
    }
    return manifests;
  }

  @Test
  void isASchemaOfItsDraft() throws Exception {
    JsonNode written = new ObjectMapper().readTree(new ManifestSchema().text());
    JsonSchema draft =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(
                com.networknt.schema.SchemaLocation.of(
                    "https://json-schema.org/draft/2020-12/schema"));

    assertThat(written.toPrettyString() + "\n").isEqualTo(new ManifestSchema().text());
    assertThat(draft.validate(written)).isEmpty();
    assertThat(written.path("$id").asText()).isEqualTo(ManifestSchema.ID);
  }

  @ParameterizedTest
  @MethodSource("good")
  void takesWhatTheReaderTakes(String manifest) {
    assertThat(Read.problems(manifest)).isEmpty();
    assertThat(rejections(manifest)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name: Chat\nmodel: {source: file:a}\n",
        "model: {source: file:a}\n",
        "name: chat\n",
        "name: chat\nmodel: {}\n",
        "name: chat\nmodel: {source: file:a}\ncolour: blue\n",
        "name: chat\nmodel: {source: file:a}\nendpoint: {kind: batch}\n",
        "name: chat\nmodel: {source: file:a}\nendpoint: {scaling: {max: 0}}\n",
        "name: chat\nmodel: {source: file:a}\nendpoint: {scaling: {schedule: [{min: 1}]}}\n",
        "name: chat\nmodel: {source: file:a}\nrag: {store: {qdrant: \"http://a\"}}\n",
        "name: chat\nmodel: {source: file:a}\nrag: {collections: []}\n",
        "name: chat\nmodel: {source: file:a}\napi: {keys: mine}\n",
        "name: chat\nmodel: {source: file:a}\nenvironments: {prod: {api: {port: high}}}\n",
        "name: chat\nmodel: {source: file:a}\nenvironments: {Prod: {}}\n",
        "name: chat\nmodel: {source: file:a}\nendpoint: {update: {alarms: [errors, errors]}}\n",
      })
  void rejectsWhatTheReaderRejects(String manifest) {
    assertThat(Read.problems(manifest)).isNotEmpty();
    assertThat(rejections(manifest)).isNotEmpty();
  }

  @Test
  void neverRejectsWhatTheReaderTakes() {
    List<String> originals = good();
    int rejected = 0;
    int taken = 0;
    for (long seed = 0; seed < 1000; seed++) {
      String original = originals.get((int) (seed % originals.size()));
      String manifest = new Mutations(seed).ofValues(original);
      Findings findings = new Findings();
      Optional<Element> root = Document.parse(manifest, findings);
      if (root.isEmpty() || !findings.isEmpty()) {
        continue;
      }
      Set<?> messages = schema.validate(ManifestSchema.json(root.get()));
      boolean valid = Read.problems(manifest, Optional.empty(), VARIABLES).isEmpty();
      rejected += messages.isEmpty() ? 0 : 1;
      taken += valid ? 1 : 0;
      if (valid && !messages.isEmpty()) {
        fail("seed %d: the schema alone rejects %s%n%s", seed, messages, manifest);
      }
    }
    assertThat(rejected).as("mutations show both sides").isGreaterThan(200);
    assertThat(taken).as("mutations show both sides").isGreaterThan(150);
  }

  @Test
  void theReaderThrowsNothingButManifestInvalid() {
    List<String> originals = good();
    for (long seed = 0; seed < 1000; seed++) {
      String original = originals.get((int) (seed % originals.size()));
      String manifest = new Mutations(seed).ofText(original);
      try {
        Read.manifest(manifest, Optional.of("prod"), VARIABLES);
      } catch (ManifestInvalid invalid) {
        assertThat(invalid.problems())
            .as("seed %d", seed)
            .isNotEmpty()
            .allSatisfy(problem -> assertThat(problem.toString()).doesNotContain("\n"));
      } catch (RuntimeException other) {
        fail("seed " + seed + " of:\n" + manifest, other);
      }
    }
  }

  @Test
  void holdsTheKeysOfTheDescriptionAndNoOthers() {
    JsonNode root = new ManifestSchema().json();
    Set<String> inSchema = new TreeSet<>();
    root.path("properties")
        .fieldNames()
        .forEachRemaining(name -> collect(name, root.path("$defs").path(name), inSchema));

    assertThat(inSchema)
        .containsExactlyInAnyOrderElementsOf(
            ManifestKeys.shape().described().stream().map(Type.Described::path).toList());
  }

  /** Collects every path that has an example: those of keys, not those of sections. */
  private static void collect(String path, JsonNode node, Set<String> paths) {
    if (node.has("examples") && !path.endsWith("[]")) {
      paths.add(path);
    }
    node.path("properties")
        .properties()
        .forEach(child -> collect(path + "." + child.getKey(), child.getValue(), paths));
    node.path("anyOf").forEach(choice -> collect(path, choice, paths));
    if (node.has("items")) {
      collect(path + "[]", node.path("items"), paths);
    }
  }

  @Test
  void everyKeyHasAnExampleThatItsTypeTakes() {
    for (Type.Described described : ManifestKeys.shape().described()) {
      Key<?> key = described.key();
      Findings findings = new Findings();
      key.type().read(Document.constant(key.name(), key.example()), findings);
      assertThat(findings.byLine()).as(described.path()).isEmpty();
      assertThat(key.meaning()).as(described.path()).endsWith(".");
    }
  }
}
