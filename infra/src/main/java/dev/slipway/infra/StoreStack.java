package dev.slipway.infra;

import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Templates;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/**
 * Holds what must be there before an endpoint can be: the bucket that models are mirrored to, and
 * the repository for images. All environments of a deployment share it.
 */
final class StoreStack extends Stack {

  StoreStack(Construct scope, Blueprint blueprint) {
    super(
        scope,
        blueprint.names().storeStack(),
        Stacks.properties(
            blueprint.names().storeStack(),
            blueprint.region(),
            "Slipway: models, images and state of " + blueprint.names().deployment()));
    var bucket = new StoreBucket(this, "Store");
    var repository = new ImageRepository(this, "Images", blueprint.names().repository());
    Output.declare(this, Templates.BUCKET_OUTPUT, bucket.name());
    Output.declare(this, Templates.REPOSITORY_OUTPUT, repository.name());
    Stacks.tag(this, Stacks.shared(blueprint.tags()));
  }
}
