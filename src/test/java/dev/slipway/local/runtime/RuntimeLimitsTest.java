package dev.slipway.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.ManifestReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RuntimeLimitsTest {
  private static EndpointSpec endpoint(String text) {
    return new ManifestReader()
        .read(
            "name: chat\nmodel: {source: \"file:model.gguf\"}\nendpoint: {" + text + "}\n",
            "slipway.yaml",
            Path.of("/home/me"),
            Optional.empty(),
            _ -> Optional.empty())
        .endpoint();
  }

  @Test
  void anAsyncEndpointTakesItsManifestsConcurrencyAndTimeout() {
    RuntimeLimits limits =
        RuntimeLimits.of(endpoint("kind: async, async: {concurrency: 7, timeout: 20m}"));

    assertThat(limits.asyncWorkers()).isEqualTo(7);
    assertThat(limits.asyncAnswer()).isEqualTo(Duration.ofMinutes(20));
    assertThat(limits.bodyBytes()).isEqualTo(RuntimeLimits.defaults().bodyBytes());
  }

  @Test
  void aRealtimeEndpointHasSageMakersLimits() {
    assertThat(RuntimeLimits.of(endpoint("kind: realtime"))).isEqualTo(RuntimeLimits.defaults());
  }
}
