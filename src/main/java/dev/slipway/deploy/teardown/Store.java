package dev.slipway.deploy.teardown;

import dev.slipway.deploy.StackOutputs;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.plan.ResourceNames;
import java.util.Optional;

/**
 * What all environments of a deployment share.
 *
 * @param stack its name
 * @param bucket absent where it was never made
 * @param repository of images; absent where it was never made
 */
record Store(String stack, Optional<String> bucket, Optional<String> repository) {

  /** Looks for it; absent where there is no such stack. */
  static Optional<Store> find(Cloud cloud, ResourceNames names) {
    return cloud
        .stacks()
        .find(names.storeStack())
        .map(
            stack ->
                new Store(
                    stack.name(),
                    new StackOutputs(stack)
                        .bucket()
                        .or(() -> made(cloud, stack, "AWS::S3::Bucket")),
                    new StackOutputs(stack)
                        .repository()
                        .or(() -> made(cloud, stack, "AWS::ECR::Repository"))));
  }

  /** A stack that was not made whole has no outputs, and has resources all the same. */
  private static Optional<String> made(Cloud cloud, Stacks.Stack stack, String type) {
    return cloud.stacks().resources(stack.id()).stream()
        .filter(resource -> resource.type().equals(type))
        .filter(resource -> !resource.status().equals("DELETE_COMPLETE"))
        .flatMap(resource -> resource.physicalId().stream())
        .findFirst();
  }
}
