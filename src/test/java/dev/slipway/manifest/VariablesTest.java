package dev.slipway.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VariablesTest {

  private static Manifest read(String lines, Map<String, String> variables) {
    return Read.manifest(Read.LEAST + lines, Optional.empty(), variables);
  }

  @Test
  void aVariableBecomesWhateverItsKeyExpects() {
    Manifest manifest =
        read(
            """
            region: ${env:REGION}
            api: {port: "${env:PORT}", limits: {tokens_per_day: "${env:BUDGET:-null}"}}
            endpoint: {components: "${env:COMPONENTS}", instance: "${env:INSTANCE}"}
            trace: {export: "http://${env:HOST}:${env:OTLP_PORT:-4318}"}
            tags: {build: "${env:BUILD}"}
            expires: ${env:EXPIRES:-}
            """,
            Map.of(
                "REGION", "eu-west-1",
                "PORT", "8080",
                "COMPONENTS", "true",
                "INSTANCE", "ml.g5.xlarge",
                "HOST", "localhost",
                "BUILD", "0042"));

    assertThat(manifest.region()).contains("eu-west-1");
    assertThat(manifest.api().port()).isEqualTo(8080);
    assertThat(manifest.api().limits().tokensPerDay()).isEmpty();
    assertThat(manifest.endpoint()).isInstanceOf(EndpointSpec.Realtime.class);
    assertThat(((EndpointSpec.Realtime) manifest.endpoint()).components()).isTrue();
    assertThat(manifest.endpoint().hosting().instances()).containsExactly("ml.g5.xlarge");
    assertThat(manifest.trace().export()).map(Object::toString).contains("http://localhost:4318");
    assertThat(manifest.tags()).containsEntry("build", "0042");
    assertThat(manifest.expires()).isEmpty();
  }

  @Test
  void aDoubledDollarSignIsPlainTextAndWhatAVariableHoldsIsNotReadAgain() {
    assertThat(
            read(
                    "endpoint: {environment: {A: \"$${env:B}\", B: \"${env:B}$1\\\\\", C: $5}}\n",
                    Map.of("B", "${env:A}$2"))
                .endpoint()
                .hosting()
                .environment())
        .isEqualTo(Map.of("A", "${env:B}", "B", "${env:A}$2$1\\", "C", "$5"));
  }

  @Test
  void aMissingVariableIsAProblem() {
    assertThat(Read.problemsWith("region: ${env:REGION}\napi: {port: \"${env:PORT}\"}\n"))
        .containsExactly(
            "line 3: region: the variable REGION is not set; set it, or give a default:"
                + " ${env:REGION:-...}",
            "line 4: api.port: the variable PORT is not set; set it, or give a default:"
                + " ${env:PORT:-...}");
  }

  @Test
  void aVariableOfTheWrongTypeIsReportedAtItsKey() {
    assertThat(
            Read.problems(
                Read.LEAST + "api: {port: \"${env:PORT}\"}\n",
                Optional.empty(),
                Map.of("PORT", "eighty")))
        .containsExactly("line 3: api.port: must be a whole number of 0 to 65535, is \"eighty\"");
    assertThat(Read.problemsWith("rag: ${env:RAG:-x}\nmodel2: {}\n")).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HF_TOKEN", "db_password", "MY_SECRET", "API_KEY", "AWS_ACCESS_KEY_ID"})
  void aVariableThatLooksLikeASecretIsRefused(String name) {
    assertThat(
            Read.problems(
                Read.LEAST + "tags: {a: \"${env:%s:-x}\"}\n".formatted(name),
                Optional.empty(),
                Map.of(name, "very-private")))
        .containsExactly(
            "line 3: tags.a: the variable "
                + name
                + " looks like a secret, which must not become part of a manifest; where a key"
                + " takes a secret, write secret:NAME");
  }

  @ParameterizedTest
  @ValueSource(strings = {"${REGION}", "${env:}", "${env:A", "${env:A-B}", "${file:/etc/passwd}"})
  void whatIsAlmostAVariableIsReported(String use) {
    assertThat(Read.problemsWith("region: '" + use + "'\n"))
        .containsExactly(
            "line 3: region: has \""
                + use
                + "\", which is not ${env:NAME} or ${env:NAME:-default}; write $${ for a plain ${");
  }

  @Test
  void environmentsThatWereNotChosenNeedNoVariables() {
    String text =
        Read.LEAST
            + """
            region: ${env:REGION}
            environments:
              dev: {region: eu-west-1}
              prod: {api: {host: "${env:HOST}"}, endpoint: {scaling: {min: 9}}}
            """;

    assertThat(Read.problems(text, Optional.of("dev"), Map.of()))
        .containsExactly(
            "line 6: environments.prod.endpoint.scaling.max: must be at least min (9), is 4");
    assertThat(Read.problems(text, Optional.of("prod"), Map.of())).hasSize(3);
  }
}
