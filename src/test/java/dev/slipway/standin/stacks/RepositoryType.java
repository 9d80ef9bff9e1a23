package dev.slipway.standin.stacks;

import dev.slipway.standin.kernel.AwsError;
import java.util.Locale;

/** {@code AWS::ECR::Repository}. */
record RepositoryType(Services services) implements ResourceType {
  @Override
  public boolean replaces(String property) {
    return property.equals("RepositoryName");
  }

  @Override
  public boolean taggable() {
    return true;
  }

  @Override
  public String create(Spec spec) {
    String name =
        spec.text("RepositoryName")
            .orElseGet(() -> services.world().names().physical(spec.stack(), spec.logicalId(), 200))
            .toLowerCase(Locale.ROOT);
    if (services.images().exists(name)) {
      throw new AwsError(
          400, "RepositoryAlreadyExistsException", "The repository " + name + " already exists");
    }
    services.images().create(name);
    return name;
  }

  @Override
  public void update(String physicalId, Spec spec) {
    // A repository's settings are not simulated.
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    return new Progress.Done();
  }

  @Override
  public void delete(String physicalId) {
    services
        .images()
        .remove(physicalId)
        .ifPresent(
            why -> {
              throw new AwsError(400, "RepositoryNotEmptyException", why);
            });
  }

  @Override
  public Progress deletion(String physicalId) {
    return new Progress.Done();
  }

  @Override
  public String attribute(String physicalId, String name) {
    var region = services.world().region();
    return name.equals("RepositoryUri")
        ? region.account() + ".dkr.ecr." + region.name() + ".amazonaws.com/" + physicalId
        : region.arn("ecr", "repository/" + physicalId);
  }
}
