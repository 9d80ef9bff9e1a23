package dev.slipway.cli;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.failure.UsageFailure;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says which manifest a command brings to the cloud, and to which region. */
final class DeployOptions {
  @Mixin private ManifestOptions manifest = new ManifestOptions();

  @Option(
      names = "--region",
      paramLabel = "REGION",
      description = "the AWS region, instead of the manifest's or the profile's")
  private @Nullable String region;

  DeployOptions() {}

  /**
   * Reads the manifest that is meant.
   *
   * @throws UsageFailure if it isn't for the cloud, or is the bundled sample
   */
  ManifestOptions.Selection select(Surroundings surroundings) {
    ManifestOptions.Selection selection = manifest.select(surroundings);
    if (selection.sample()) {
      throw new UsageFailure(
          "There is nothing to deploy",
          "there is no slipway.yaml in this folder, and none was given",
          "Write one with `slipway init`, or give one with -f FILE.");
    }
    if (selection.manifest().target() == Manifest.Target.LOCAL) {
      throw new UsageFailure(
          "Cannot deploy \"" + selection.manifest().name() + "\" to AWS",
          "its manifest says target: local",
          "Run it here with `slipway up`, or set target: aws.");
    }
    return selection;
  }

  Cloud open(Surroundings surroundings, Manifest chosen) {
    return surroundings.adapters().cloud(Optional.ofNullable(region).or(chosen::region));
  }

  /** Returns the region that the manifest or the command line names; absent for the profile's. */
  Optional<String> region(Manifest chosen) {
    return Optional.ofNullable(region).or(chosen::region);
  }

  /** Returns the lock beside the manifest. */
  static Path lock(ManifestOptions.Selection selection) {
    return selection.manifest().folder().resolve(Lock.FILE_NAME);
  }

  /** Returns the options as they were given, for commands to suggest. */
  String repeated() {
    return manifest.repeated() + (region == null ? "" : " --region " + region);
  }
}
