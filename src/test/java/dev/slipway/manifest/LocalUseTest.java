package dev.slipway.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LocalUseTest {
  /** What the local target, the service or the command line acts on, whatever the engine. */
  private static final Set<Key<?>> HEEDED =
      Set.of(
          ManifestKeys.NAME,
          // `slipway up` is always local, as its help says.
          ManifestKeys.TARGET,
          ManifestKeys.SOURCE,
          ManifestKeys.REVISION,
          ManifestKeys.FILES,
          ManifestKeys.ALLOW,
          EndpointKeys.KIND,
          EndpointKeys.ENGINE,
          EndpointKeys.COMPONENTS,
          EndpointKeys.CONCURRENCY,
          EndpointKeys.TIMEOUT,
          EndpointKeys.SMOKE_PROMPT,
          EndpointKeys.SMOKE_TIMEOUT,
          ScalingKeys.CONCURRENCY,
          RagKeys.STORE,
          RagKeys.COLLECTIONS,
          RagKeys.K,
          RagKeys.FIELDS,
          RagKeys.EXPAND,
          RagKeys.RERANK,
          RagKeys.TENANT,
          RagKeys.SELF_QUERY_BUDGET,
          RagKeys.EXPAND_BUDGET,
          RagKeys.RERANK_BUDGET,
          RagKeys.PROMPT,
          // Fargate needs target aws; on this machine the service always runs here.
          ApiKeys.HOST,
          ApiKeys.ENGINE,
          ApiKeys.MODEL,
          ApiKeys.PORT,
          ApiKeys.KEYS,
          ApiKeys.CONCURRENCY,
          ApiKeys.REQUESTS,
          ApiKeys.TOKENS,
          ApiKeys.BODY,
          ApiKeys.DEADLINE,
          ApiKeys.JWT,
          ApiKeys.ORIGINS,
          ApiKeys.TLS,
          ApiKeys.PROMPT_TOKENS,
          ApiKeys.ANSWER_TOKENS,
          ApiKeys.REDACT,
          ApiKeys.INPUT,
          ApiKeys.OUTPUT,
          ServiceKeys.TRACE_STORE,
          ServiceKeys.EXPORT,
          ServiceKeys.CONTENT);

  private static LocalUse of(String more) {
    return LocalUse.of(Read.manifest(Read.LEAST + more));
  }

  @Test
  void everyKeyIsEitherHeededOrNamed() {
    Set<Key<?>> all = new HashSet<>(HEEDED);
    for (Set<Key<?>> named : List.of(LocalUse.CLOUD_ONLY, LocalUse.BY_ENGINE)) {
      assertThat(all).doesNotContainAnyElementsOf(named);
      all.addAll(named);
    }

    assertThat(all).containsExactlyInAnyOrderElementsOf(ManifestKeys.shape().keys());
  }

  @Test
  void theLeastManifestHasNothingToSay() {
    assertThat(of("")).isEqualTo(new LocalUse(List.of()));
  }

  @Test
  void spelledOutDefaultsHaveNothingToSay() {
    assertThat(of("endpoint: {scaling: {min: 1}, update: {step: 10%}}\nrag: {rerank: none}\n"))
        .isEqualTo(new LocalUse(List.of()));
  }

  @Test
  void whatOnlyTheCloudActsOnIsNamedBySection() {
    LocalUse use =
        of(
            """
            endpoint: {scaling: {min: 2, max: 9}, instance: ml.g5.xlarge}
            tags: {team: search}
            expires: 8h
            """);

    assertThat(use.notSimulated())
        .containsExactlyInAnyOrder("endpoint.instance", "endpoint.scaling", "tags", "expires");
  }

  @Test
  void aServerInPlaceOfLlamaCppIsNamedAndLlamaCppIsNot() {
    assertThat(of("endpoint: {server: lmi}\n").notSimulated()).containsExactly("endpoint.server");
    assertThat(of("target: local\nendpoint: {server: llama.cpp}\n").notSimulated()).isEmpty();
  }

  @Test
  void variablesOfAContainerThatRunsAlreadyAreNamed() {
    String variables = "environment: {LEVEL: debug}";

    assertThat(of("endpoint: {" + variables + "}\n").notSimulated()).isEmpty();
    assertThat(
            of("endpoint: {engine: \"http://localhost:8080\", " + variables + "}\n").notSimulated())
        .containsExactly("endpoint.environment");
  }

  @Test
  void anEnvironmentsOwnSettingsCount() {
    String text = Read.LEAST + "environments: {prod: {endpoint: {instance: ml.g6.xlarge}}}\n";

    assertThat(LocalUse.of(Read.manifest(text)).notSimulated()).isEmpty();
    assertThat(
            LocalUse.of(Read.manifest(text, Optional.of("prod"), java.util.Map.of()))
                .notSimulated())
        .containsExactly("endpoint.instance");
  }
}
