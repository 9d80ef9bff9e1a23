package dev.slipway.cli;

import dev.slipway.deploy.StackOutputs;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.plan.ResourceNames;
import java.net.URI;
import java.util.Optional;

/** Finds the business layer that a deployment has on ECS. */
final class DeployedService {
  private DeployedService() {}

  /** Returns the address of its load balancer; absent where the deployment has none. */
  static Optional<URI> of(Cloud cloud, ResourceNames names) {
    return cloud
        .stacks()
        .find(names.serviceStack())
        .flatMap(stack -> new StackOutputs(stack).url());
  }
}
