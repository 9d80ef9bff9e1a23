package dev.slipway.hub;

import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelRegistryContract;
import dev.slipway.model.ModelSource;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Holds {@code hf://} to the contract. */
class HubRegistryContractTest extends ModelRegistryContract {

  private final HubStandIn hub = new HubStandIn();
  private final Path folder;
  private final HubHouse house;

  HubRegistryContractTest(@TempDir Path folder) {
    this.folder = folder;
    this.house = new HubHouse(hub, folder);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  @Override
  protected void publish(Map<String, byte[]> files) {
    files.forEach(
        (path, bytes) -> {
          boolean large = path.matches(".*\\.(safetensors|gguf|bin)");
          hub.file(HubHouse.COMMIT, path, bytes, large);
        });
    hub.branch("main", HubHouse.COMMIT);
  }

  @Override
  protected ModelRegistry registry() {
    return house.registry();
  }

  @Override
  protected ModelSource source() {
    return HubHouse.model().source();
  }

  @Override
  protected Path folder() {
    return folder;
  }
}
