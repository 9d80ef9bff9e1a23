package dev.slipway.aws;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.net.URI;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Runs LocalStack, a simulation of AWS that this project did not write, in Docker: once for all
 * tests of a JVM, until the JVM ends.
 *
 * <p>Where there is no Docker, or the image can't be had, the tests that ask for it are skipped by
 * name. That holds with {@code CI=true} too, unlike for the other outside programs: Docker is more
 * than a package to install, and many build machines don't have it. What LocalStack is asked, moto
 * is asked as well.
 */
final class LocalStack {
  /** Names another image, for machines that reach only a registry of their own. */
  static final String IMAGE_VARIABLE = "SLIPWAY_LOCALSTACK_IMAGE";

  private static final String IMAGE = "localstack/localstack:4.9";

  /** Set by the first test that asks; a class's own initialization is the lock. */
  private static final class Running {
    static final Start START = start();
  }

  /** How the start went. */
  private sealed interface Start {
    record Up(LocalStackContainer container) implements Start {}

    record Absent(String why) implements Start {}
  }

  private LocalStack() {}

  /** Returns its address; a test ends here, as skipped, where there is none. */
  static URI uri() {
    return container().getEndpoint();
  }

  /** Returns its region. */
  static String region() {
    return container().getRegion();
  }

  /** Returns the environment in which the AWS SDK uses it, with nothing of the user's own. */
  static Map<String, String> environment() {
    String nothing = File.separator + "dev" + File.separator + "null";
    return Map.of(
        "AWS_ENDPOINT_URL", uri().toString(),
        "AWS_ACCESS_KEY_ID", container().getAccessKey(),
        "AWS_SECRET_ACCESS_KEY", container().getSecretKey(),
        "AWS_REGION", region(),
        "AWS_EC2_METADATA_DISABLED", "true",
        "AWS_CONFIG_FILE", nothing,
        "AWS_SHARED_CREDENTIALS_FILE", nothing);
  }

  private static LocalStackContainer container() {
    return switch (Running.START) {
      case Start.Up(LocalStackContainer container) -> container;
      case Start.Absent(String why) -> abort(why);
    };
  }

  private static Start start() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return new Start.Absent("LocalStack needs Docker, and there is none");
    }
    String image = System.getenv().getOrDefault(IMAGE_VARIABLE, IMAGE);
    var name = DockerImageName.parse(image).asCompatibleSubstituteFor("localstack/localstack");
    var container = new LocalStackContainer(name).withServices("s3", "cloudformation", "sts");
    try {
      container.start(); // Testcontainers removes it with this JVM.
      return new Start.Up(container);
    } catch (ContainerFetchException unreachable) {
      return new Start.Absent("the image " + image + " can't be had: set " + IMAGE_VARIABLE);
    }
  }
}
