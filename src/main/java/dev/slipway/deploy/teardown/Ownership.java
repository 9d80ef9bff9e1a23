package dev.slipway.deploy.teardown;

import dev.slipway.plan.ResourceNames;
import java.util.Map;

/** Says whose a resource is, as far as its tags say. */
enum Ownership {
  /** This environment's. */
  OURS,
  /** Another environment's or another deployment's. */
  ANOTHERS,
  /** Its tags say nothing. */
  UNTAGGED;

  private static final String STACK_TAG = "aws:cloudformation:stack-name";

  static Ownership of(Map<String, String> tags, ResourceNames names) {
    String deployment = tags.getOrDefault(ResourceNames.DEPLOYMENT_TAG, "");
    if (!deployment.isEmpty()) {
      String environment = tags.getOrDefault(ResourceNames.ENVIRONMENT_TAG, "default");
      return deployment.equals(names.deployment()) && environment.equals(names.environment())
          ? OURS
          : ANOTHERS;
    }
    // CloudFormation's own tag stays on what a stack retained.
    String stack = tags.getOrDefault(STACK_TAG, "");
    if (!stack.isEmpty()) {
      return stack.equals(names.endpointStack()) || stack.equals(names.serviceStack())
          ? OURS
          : ANOTHERS;
    }
    return UNTAGGED;
  }

  /**
   * Returns whether a name begins as CloudFormation and Slipway begin the names of this
   * environment's resources, and not as those of another deployment's whose name goes on: {@code
   * slipway-chat-endpoint-} begins {@code slipway-chat-endpoint-endpoint-Model}, which is of a
   * deployment called {@code chat-endpoint}.
   */
  static boolean named(String name, ResourceNames names) {
    return begins(name, names.endpointStack()) || begins(name, names.serviceStack());
  }

  private static boolean begins(String name, String stack) {
    String prefix = stack + "-";
    if (!name.startsWith(prefix)) {
      return false;
    }
    String rest = "-" + name.substring(prefix.length());
    return !rest.contains("-endpoint-") && !rest.contains("-api-");
  }
}
