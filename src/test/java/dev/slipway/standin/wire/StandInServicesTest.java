package dev.slipway.standin.wire;

import dev.slipway.aws.AwsCloud;
import dev.slipway.aws.Gap;
import dev.slipway.aws.ServicesContract;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.standin.kernel.VirtualPace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Holds the adapters and the stand-in's wire protocols to the contract. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StandInServicesTest extends ServicesContract {
  private final VirtualPace pace = new VirtualPace();
  private final StandInServer server;
  private final AwsCloud cloud;

  StandInServicesTest(@TempDir Path folder) {
    server = StandInServer.start(folder, 0, pace, Duration.ZERO);
    cloud =
        AwsCloud.open(
            Optional.of("eu-west-1"),
            Map.of(
                "AWS_ENDPOINT_URL", server.url().toString(),
                "AWS_ACCESS_KEY_ID", "any",
                "AWS_SECRET_ACCESS_KEY", "any"));
  }

  @AfterAll
  void close() {
    cloud.close();
    server.close();
  }

  @Override
  protected Cloud cloud() {
    return cloud;
  }

  @Override
  protected Pace pace() {
    return pace;
  }

  @Override
  protected Set<Gap> gaps() {
    return Set.of();
  }

  @Override
  protected void log(String group, String stream, Instant at, String text) {
    server.simulation().with(all -> all.logs().write(group, stream, at, text));
  }

  @Override
  protected String push(String repository, String tag) {
    String digest = "sha256:" + "ab".repeat(32);
    server.simulation().with(all -> all.images().push(repository, digest, tag));
    return digest;
  }
}
