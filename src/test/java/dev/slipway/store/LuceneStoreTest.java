package dev.slipway.store;

import dev.slipway.rag.index.PassageStore;
import dev.slipway.rag.index.PassageStoreContract;
import dev.slipway.rag.index.VectorSpace;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LuceneStoreTest extends PassageStoreContract {

  private final Path folder;

  LuceneStoreTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Override
  protected PassageStore emptyStore(VectorSpace space) {
    return new LuceneStore(folder.resolve("index"), space);
  }
}
