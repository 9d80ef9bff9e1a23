package dev.slipway.store;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageStore;
import dev.slipway.rag.index.PassageStoreContract;
import dev.slipway.rag.index.VectorSpace;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.qdrant.QdrantContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Runs the contract against Qdrant itself, in Docker: once for all tests of the class. Where there
 * is no Docker, or the image can't be had, the tests are skipped by name; with {@code CI=true} too,
 * since many build machines have no Docker.
 */
class QdrantContainerTest extends PassageStoreContract {

  /** Names another image, for machines that reach only a registry of their own. */
  private static final String IMAGE_VARIABLE = "SLIPWAY_QDRANT_IMAGE";

  private static final String IMAGE = "qdrant/qdrant:v1.16.0";
  private static final String KEY = "contract-key";
  private static final int REST = 6333;

  /** Set by the first test; a class's own initialization is the lock. */
  private static final class Running {
    static final Optional<QdrantContainer> CONTAINER = start();
  }

  private static Optional<QdrantContainer> start() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return Optional.empty();
    }
    String image = System.getenv().getOrDefault(IMAGE_VARIABLE, IMAGE);
    var container =
        new QdrantContainer(
            DockerImageName.parse(image).asCompatibleSubstituteFor("qdrant/qdrant"));
    container.addEnv("QDRANT__SERVICE__API_KEY", KEY);
    try {
      container.start(); // Testcontainers removes it with this JVM.
      return Optional.of(container);
    } catch (ContainerFetchException noImage) {
      return Optional.empty();
    }
  }

  @BeforeAll
  static void needQdrant() {
    if (Running.CONTAINER.isEmpty()) {
      abort("Qdrant needs Docker and its image, and there is none");
    }
  }

  @Override
  protected PassageStore emptyStore(VectorSpace space) {
    QdrantContainer container = Running.CONTAINER.orElseThrow();
    URI url = URI.create("http://" + container.getHost() + ":" + container.getMappedPort(REST));
    return new QdrantStore(
        new PassagePlace.Qdrant(
            url, KEY, "slipway_" + UUID.randomUUID() + "_", Set.of("author"), Optional.empty()),
        space);
  }
}
