package dev.slipway.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.model.SafetensorsBytes;
import dev.slipway.model.TransferProgress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Hub's own library as a second reader of the cache. */
class HubOutsideClientTest {

  private static final String FIND =
      """
      from huggingface_hub import snapshot_download, hf_hub_download
      print(snapshot_download("org/name", local_files_only=True))
      print(hf_hub_download("org/name", "model.safetensors", local_files_only=True))
      """;

  @Test
  void theHubsOwnLibraryFindsWhatWasFetched(@TempDir Path folder) throws Exception {
    assumeTrue(python(folder, "import huggingface_hub").code() == 0, "no huggingface_hub here");
    try (var hub = new HubStandIn()) {
      byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
      hub.file(HubHouse.COMMIT, "config.json", config, false)
          .file(HubHouse.COMMIT, "model.safetensors", SafetensorsBytes.halfFloats("w", 9), true)
          .branch("main", HubHouse.COMMIT);
      var house = new HubHouse(hub, folder);
      var resolved = house.registry().resolve(HubHouse.model(), folder, Optional.empty());
      house.registry().fetch(resolved, TransferProgress.SILENT);

      Said found = python(house.cache(), FIND);

      Path snapshot = house.repository().resolve("snapshots").resolve(HubHouse.COMMIT);
      assertThat(found.out().lines())
          .contains(snapshot.toString(), snapshot.resolve("model.safetensors").toString());
    }
  }

  private record Said(int code, String out) {}

  private static Said python(Path cache, String program) throws InterruptedException {
    var builder = new ProcessBuilder("python3", "-c", program).redirectErrorStream(true);
    builder.environment().put("HF_HUB_CACHE", cache.toString());
    builder.environment().put("HF_HUB_OFFLINE", "1");
    try {
      Process process = builder.start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Said(process.waitFor(), out);
    } catch (IOException e) {
      return new Said(127, "");
    }
  }
}
