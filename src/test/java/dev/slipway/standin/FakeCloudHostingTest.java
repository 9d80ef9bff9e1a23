package dev.slipway.standin;

import dev.slipway.aws.Gap;
import dev.slipway.aws.HostingContract;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.standin.kernel.VirtualPace;
import java.time.Instant;
import java.util.Set;

/** Holds the cloud without a network to the contract. */
final class FakeCloudHostingTest extends HostingContract {
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
}
