package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.Refused;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.rag.index.PassagePlace;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class StoreKeyTest {
  private static final Path INDEX = Path.of("index");
  private static final String SERVER =
      """
      rag:
        store: {qdrant: "https://q.example:6333", key: "secret:team/qdrant"}
        self_query: {fields: [author]}
        tenant: team
      environments: {prod: {tags: {a: b}}}
      """;

  @Test
  void embeddedStoreNeedsNoKey() {
    assertThat(StoreKey.place(manifest("", Optional.empty()), INDEX, Map.of()))
        .isEqualTo(new PassagePlace.Folder(INDEX));
  }

  @Test
  void serversKeyIsFoundInTheEnvironmentAndItsNamesAreTheDeployments() {
    PassagePlace place =
        StoreKey.place(
            manifest(SERVER, Optional.of("prod")),
            INDEX,
            Map.of("SLIPWAY_SECRET_TEAM_QDRANT", " abc\n"));

    assertThat(place)
        .isEqualTo(
            new PassagePlace.Qdrant(
                URI.create("https://q.example:6333"),
                "abc",
                "slipway_twin_prod_",
                Set.of("author"),
                Optional.of("team")));
  }

  @Test
  void missingKeyNamesTheVariableAndAnOddOneIsNotShown() {
    Manifest manifest = manifest(SERVER, Optional.empty());

    assertThatThrownBy(() -> StoreKey.place(manifest, INDEX, Map.of()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("SLIPWAY_SECRET_TEAM_QDRANT holds no key");
    assertThatThrownBy(
            () ->
                StoreKey.place(manifest, INDEX, Map.of("SLIPWAY_SECRET_TEAM_QDRANT", "two\nlines")))
        .isInstanceOf(Refused.class)
        .hasMessageNotContaining("lines");
  }

  private static Manifest manifest(String more, Optional<String> environment) {
    return new ManifestReader()
        .read(
            "name: twin\nmodel: {source: \"hf://org/name\"}\n" + more,
            "slipway.yaml",
            Path.of("/home/me"),
            environment,
            _ -> Optional.empty());
  }
}
