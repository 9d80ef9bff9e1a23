package dev.slipway.standin;

import dev.slipway.aws.Gap;
import dev.slipway.aws.ServicesContract;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.standin.kernel.VirtualPace;
import java.time.Instant;
import java.util.Set;

/** Holds the cloud without a network to the contract. */
final class FakeCloudServicesTest extends ServicesContract {
  private final VirtualPace pace = new VirtualPace();
  private final CloudSimulation simulation = new CloudSimulation(pace);
  private final FakeCloud cloud = new FakeCloud(simulation);

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
    simulation.with(all -> all.logs().write(group, stream, at, text));
  }

  @Override
  protected String push(String repository, String tag) {
    String digest = "sha256:" + "ab".repeat(32);
    simulation.with(all -> all.images().push(repository, digest, tag));
    return digest;
  }
}
