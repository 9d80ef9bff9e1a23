package dev.slipway.standin.stacks;

import dev.slipway.standin.kernel.AwsError;
import java.util.Locale;

/** {@code AWS::S3::Bucket}. */
record BucketType(Services services) implements ResourceType {
  @Override
  public boolean replaces(String property) {
    return property.equals("BucketName");
  }

  @Override
  public boolean taggable() {
    return true;
  }

  @Override
  public String create(Spec spec) {
    String name =
        spec.text("BucketName")
            .orElseGet(() -> services.world().names().physical(spec.stack(), spec.logicalId(), 63))
            .toLowerCase(Locale.ROOT);
    if (services.objects().exists(name)) {
      throw new AwsError(409, "BucketAlreadyOwnedByYou", name + " already exists");
    }
    services.objects().create(name);
    return name;
  }

  @Override
  public void update(String physicalId, Spec spec) {
    // A bucket's settings are not simulated.
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    return new Progress.Done();
  }

  @Override
  public void delete(String physicalId) {
    services
        .objects()
        .remove(physicalId)
        .ifPresent(
            why -> {
              throw new AwsError(409, "BucketNotEmpty", why);
            });
  }

  @Override
  public Progress deletion(String physicalId) {
    return new Progress.Done();
  }

  @Override
  public String attribute(String physicalId, String name) {
    return switch (name) {
      case "Arn" -> "arn:aws:s3:::" + physicalId;
      case "DomainName" -> physicalId + ".s3.amazonaws.com";
      default -> physicalId + ".s3." + services.world().region().name() + ".amazonaws.com";
    };
  }
}
