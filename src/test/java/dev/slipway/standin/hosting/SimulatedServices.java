package dev.slipway.standin.hosting;

import dev.slipway.deploy.cloud.ContainerServices;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * ECS's services, whose tasks run as soon as they are wanted. Not thread-safe: the simulation takes
 * one call at a time.
 */
public final class SimulatedServices implements ContainerServices {
  private final World world;
  private final Map<String, List<Event>> services = new TreeMap<>();
  private int events;

  /** Makes none. */
  public SimulatedServices(World world) {
    this.world = world;
  }

  /** Makes a service, or lets it have other tasks. */
  public void deploy(String arn) {
    services
        .computeIfAbsent(arn, _ -> new ArrayList<>())
        .addFirst(
            new Event(
                "event-" + events++,
                world.agenda().now(),
                "(service "
                    + arn.substring(arn.lastIndexOf('/') + 1)
                    + ") has reached a steady"
                    + " state."));
  }

  /** Takes a service away. */
  public void remove(String arn) {
    services.remove(arn);
  }

  @Override
  public Optional<Service> find(String arn) {
    return Optional.ofNullable(services.get(arn))
        .map(said -> new Service("ACTIVE", 2, 2, new Rollout("COMPLETED", Optional.empty()), said));
  }
}
