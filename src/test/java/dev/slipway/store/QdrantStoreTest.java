package dev.slipway.store;

import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageStore;
import dev.slipway.rag.index.PassageStoreContract;
import dev.slipway.rag.index.VectorSpace;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/** Runs the contract against the stand-in, which is this project's own reading of the API. */
class QdrantStoreTest extends PassageStoreContract {

  private final QdrantStandIn server = new QdrantStandIn("key");

  @Override
  protected PassageStore emptyStore(VectorSpace space) {
    return new QdrantStore(
        new PassagePlace.Qdrant(
            server.url(), "key", "slipway_test_default_", Set.of("author"), Optional.empty()),
        space);
  }

  @AfterEach
  void stop() {
    server.close();
  }
}
