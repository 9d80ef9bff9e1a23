package dev.slipway.trace.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OtlpSettingsTest {
  private static final Optional<URI> MANIFEST = Optional.of(URI.create("http://collector:4318/"));

  @Test
  void nothingIsExportedUnasked() {
    assertThat(OtlpSettings.of(Optional.empty(), Map.of())).isEmpty();
    assertThat(OtlpSettings.of(MANIFEST, Map.of("OTEL_SDK_DISABLED", "true"))).isEmpty();
    assertThat(OtlpSettings.of(MANIFEST, Map.of("OTEL_TRACES_EXPORTER", "none"))).isEmpty();
  }

  @Test
  void theEnvironmentWinsOverTheManifest() {
    assertThat(OtlpSettings.of(MANIFEST, Map.of()).orElseThrow().endpoint())
        .hasToString("http://collector:4318/v1/traces");
    assertThat(
            OtlpSettings.of(MANIFEST, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "https://a/otel"))
                .orElseThrow()
                .endpoint())
        .hasToString("https://a/otel/v1/traces");
    assertThat(
            OtlpSettings.of(MANIFEST, Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://a/b"))
                .orElseThrow()
                .endpoint())
        .hasToString("https://a/b");
  }

  @Test
  void headersAreDecodedAndNeverShown() {
    OtlpSettings settings =
        OtlpSettings.of(
                MANIFEST,
                Map.of("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20cGs6c2s=,x-a = b+c"))
            .orElseThrow();

    assertThat(settings.headers())
        .containsEntry("Authorization", "Basic cGs6c2s=")
        .containsEntry("x-a", "b+c");
    assertThat(settings.toString()).contains("Authorization").doesNotContain("cGs6c2s");
  }

  @Test
  void allThatIsWrongIsSaidAtOnceWithoutTheSecret() {
    assertThatThrownBy(
            () ->
                OtlpSettings.of(
                    MANIFEST,
                    Map.of(
                        "OTEL_EXPORTER_OTLP_HEADERS", "s3cret",
                        "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc",
                        "OTEL_EXPORTER_OTLP_TIMEOUT", "soon",
                        "OTEL_TRACES_SAMPLER", "sometimes")))
        .isInstanceOf(OperationFailed.class)
        .hasMessageContaining("OTEL_EXPORTER_OTLP_HEADERS must be key=value")
        .hasMessageContaining("OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf, is grpc")
        .hasMessageContaining("OTEL_EXPORTER_OTLP_TIMEOUT must be a whole number")
        .hasMessageContaining("OTEL_TRACES_SAMPLER must be one of")
        .hasMessageNotContaining("s3cret");
  }
}
