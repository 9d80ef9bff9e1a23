package dev.slipway.hub;

import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelRegistryContract;
import dev.slipway.model.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Holds {@code file:} to the contract. */
class FileRegistryContractTest extends ModelRegistryContract {

  private final Path folder;

  FileRegistryContractTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Override
  protected void publish(Map<String, byte[]> files) throws IOException {
    for (var file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
  }

  @Override
  protected ModelRegistry registry() {
    return new FileRegistry();
  }

  @Override
  protected ModelSource source() {
    return ModelSource.parse("file:.");
  }

  @Override
  protected Path folder() {
    return folder;
  }
}
