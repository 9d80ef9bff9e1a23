package dev.slipway.aws;

import dev.slipway.model.ModelRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the registries that models of AWS come from. Nothing is connected, and no region or
 * credentials are looked for, before the first such model is resolved. Safe for use by several
 * threads.
 */
public final class AwsModels {
  private final Lazy<AwsClients> clients;
  private final S3Registry prefixes;

  /**
   * Makes them for the account that the environment names.
   *
   * @param region absent for the one of {@code AWS_REGION} or of the profile
   * @param variables the process's environment
   * @param cache where Slipway keeps what can be made again
   */
  public AwsModels(Optional<String> region, Map<String, String> variables, Path cache) {
    this.clients =
        new Lazy<>(() -> new AwsClients(AwsEnvironment.of(region, variables), Patience.NORMAL));
    this.prefixes = new S3Registry(() -> clients.get().s3.get(), cache);
  }

  /** Returns the registry of {@code s3://} sources. */
  public ModelRegistry prefixes() {
    return prefixes;
  }

  /** Returns the registry of {@code registry://} sources. */
  public ModelRegistry packages() {
    return new ModelPackageRegistry(
        () -> clients.get().sageMaker.get(), () -> clients.get().s3.get(), prefixes);
  }
}
