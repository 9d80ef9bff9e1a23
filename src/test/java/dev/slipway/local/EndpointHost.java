package dev.slipway.local;

import dev.slipway.endpoint.EndpointName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Hosts an endpoint until it is killed; prints {@code pid N} of the container's process. */
final class EndpointHost {
  private EndpointHost() {}

  public static void main(String[] arguments) throws InterruptedException {
    Path folder = Path.of(arguments[1]);
    LocalEndpoint endpoint =
        LocalEndpoint.start(
            new EndpointName("chat"),
            new ContainerSpec.Embedded(Path.of(arguments[0]), 1, 0, Map.of()),
            List.of(),
            folder.resolve("host.log"),
            folder.resolve("host-tmp"),
            EndpointTiming.usual(),
            changed -> {});
    endpoint.awaitReady(Duration.ofSeconds(60));
    System.out.println("pid " + endpoint.pid().orElseThrow());
    Thread.currentThread().join();
  }
}
