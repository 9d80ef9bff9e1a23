package dev.slipway.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EnvironmentsTest {
  private static final String TWO =
      Read.LEAST
          + """
          endpoint: {environment: {A: 1, B: 2}, scaling: {min: 1, max: 4}}
          rag: {store: embedded, collections: [docs, posts]}
          environments:
            dev:
            prod:
              region: eu-west-1
              endpoint: {environment: {B: 3, C: 4}, scaling: {max: 10}}
              rag:
                store: {qdrant: "https://qdrant.example:6333", key: secret:qdrant}
                collections: [all]
          """;

  @Test
  void anEnvironmentOverlaysMapsAndReplacesTheRest() {
    Manifest prod = Read.manifest(TWO, Optional.of("prod"), Map.of());

    assertThat(prod.environment()).isEqualTo("prod");
    assertThat(prod.region()).contains("eu-west-1");
    assertThat(prod.endpoint().hosting().environment())
        .isEqualTo(Map.of("A", "1", "B", "3", "C", "4"));
    assertThat(prod.endpoint().scaling().min()).isEqualTo(1);
    assertThat(prod.endpoint().scaling().max()).isEqualTo(10);
    assertThat(prod.rag().collections()).containsExactly("all");
    assertThat(prod.rag().store()).isInstanceOf(RagSpec.Store.Qdrant.class);
  }

  @Test
  void withoutOneTheBaseAloneIsRead() {
    Manifest base = Read.manifest(TWO);

    assertThat(base.environment()).isEqualTo("default");
    assertThat(base.region()).isEmpty();
    assertThat(base.rag().store()).isInstanceOf(RagSpec.Store.Embedded.class);
    assertThat(Read.manifest(TWO, Optional.of("default"), Map.of())).isEqualTo(base);
    assertThat(Read.manifest(TWO, Optional.of("dev"), Map.of()))
        .usingRecursiveComparison()
        .ignoringFields("environment")
        .isEqualTo(base);
  }

  @Test
  void anUnknownEnvironmentListsTheKnown() {
    assertThat(Read.problems(TWO, Optional.of("prd"), Map.of()))
        .containsExactly(
            "line 5: environments: has no \"prd\"; known: dev, prod; did you mean prod?");
    assertThat(Read.problems(Read.LEAST, Optional.of("prod"), Map.of()))
        .containsExactly("environments: has no \"prod\"; there are none");
  }

  @Test
  void environmentsThatWereNotChosenAreCheckedToo() {
    String text =
        Read.LEAST
            + """
            endpoint:
              scaling: {min: 3}
            environments:
              prod:
                endpoint:
                  scaling: {max: 2}
                  kidn: async
              dev: {api: {port: 99999}}
              Test: {}
              default: {}
              other: [1]
            """;

    assertThat(Read.problems(text, Optional.of("dev"), Map.of()))
        .isEqualTo(Read.problems(text))
        .containsExactly(
            "line 8: environments.prod.endpoint.scaling.max: must be at least min (3), is 2",
            "line 9: environments.prod.endpoint.kidn: is not known; did you mean kind?",
            "line 10: environments.dev.api.port: must be a whole number of 0 to 65535, is 99999",
            "line 11: environments.Test: is no name for an environment: at most 16 of a-z, 0-9 and"
                + " -, the first a letter, and not default",
            "line 12: environments.default: is no name for an environment: at most 16 of a-z, 0-9"
                + " and -, the first a letter, and not default",
            "line 13: environments.other: must be a map of keys, is a list");
  }

  @Test
  void aRuleBrokenByWhatAnEnvironmentChangesIsReportedThere() {
    String text =
        Read.LEAST
            + """
            endpoint: {scaling: {max: 2}}
            environments:
              prod:
                endpoint: {scaling: {min: 5}}
            """;

    assertThat(Read.problems(text))
        .containsExactly(
            "line 6: environments.prod.endpoint.scaling.max: must be at least min (5), is 2");
  }

  @Test
  void aProblemOfTheBaseIsReportedOnceHoweverManyEnvironmentsThereAre() {
    assertThat(
            Read.problemsWith(
                """
                endpoint: {scaling: {min: 5, max: 1}, kind: asyncc}
                environments: {a: {}, b: {}, c: {region: eu-west-1}}
                """))
        .containsExactly(
            "line 3: endpoint.kind: must be realtime or async, is \"asyncc\"; did you mean async?",
            "line 3: endpoint.scaling.max: must be at least min (5), is 1");
  }

  @Test
  void theBaseMayBreakARuleThatTheChosenEnvironmentMends() {
    String text =
        Read.LEAST + "endpoint: {server: llama.cpp}\nenvironments: {laptop: {target: local}}\n";

    assertThat(Read.manifest(text, Optional.of("laptop"), Map.of()).target())
        .isEqualTo(Manifest.Target.LOCAL);
    assertThat(Read.problems(text)).hasSize(1);
  }

  @Test
  void environmentsDoNotNest() {
    assertThat(Read.problemsWith("environments: {a: {environments: {b: {}}}}\n"))
        .containsExactly("line 3: environments.a.environments: environments do not nest");
  }
}
