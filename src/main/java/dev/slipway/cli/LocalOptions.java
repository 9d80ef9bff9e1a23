package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.local.DeploymentState;
import dev.slipway.local.StateFolder;
import dev.slipway.manifest.DeploymentName;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.SecretReference;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says which deployment a command is about: one of this machine, or one in the cloud. */
final class LocalOptions {
  @Mixin private ManifestOptions manifest = new ManifestOptions();

  @Option(
      names = "--name",
      paramLabel = "DEPLOYMENT",
      description = "the deployment's name, instead of a manifest (name@env for an environment)")
  private @Nullable String name;

  @Option(
      names = "--target",
      paramLabel = "WHERE",
      description =
          "local or aws; without it what runs on this machine, else what the manifest says")
  private @Nullable Where target;

  @Option(
      names = "--region",
      paramLabel = "REGION",
      description = "the AWS region, instead of the manifest's or the profile's")
  private @Nullable String region;

  LocalOptions() {}

  /** Where a deployment lives. */
  enum Where {
    local,
    aws
  }

  /**
   * Returns the deployment in the cloud that is meant; absent if one of this machine is: what
   * {@code slipway up} made here comes first, and what is chosen by its name alone is here unless
   * {@code --target} or {@code --region} says otherwise.
   */
  Optional<CloudTarget> cloud(Surroundings surroundings) {
    if (target == Where.local) {
      return Optional.empty();
    }
    boolean asked = target == Where.aws || region != null;
    if (name != null) {
      Chosen chosen = choose(surroundings);
      return asked
          ? Optional.of(
              new CloudTarget(
                  chosen.name(),
                  chosen.environment(),
                  Optional.empty(),
                  Optional.ofNullable(region)))
          : Optional.empty();
    }
    Manifest manifest = this.manifest.select(surroundings).manifest();
    boolean here =
        new StateFolder(surroundings.home().deployment(manifest.name(), manifest.environment()))
            .broughtUp();
    return asked || (manifest.target() == Manifest.Target.AWS && !here)
        ? Optional.of(
            new CloudTarget(
                manifest.name().value(),
                manifest.environment(),
                Optional.of(manifest),
                Optional.ofNullable(region).or(manifest::region)))
        : Optional.empty();
  }

  /** Reads the manifest that is meant; absent if the deployment was chosen by its name. */
  Optional<ManifestOptions.Selection> selection(Surroundings surroundings) {
    return name == null ? Optional.of(manifest.select(surroundings)) : Optional.empty();
  }

  /** Returns whether the manifest that is meant names the cloud as its target. */
  boolean alsoInTheCloud(Surroundings surroundings) {
    return name == null && manifest.select(surroundings).manifest().target() == Manifest.Target.AWS;
  }

  /**
   * A deployment of this machine.
   *
   * @param name its name
   * @param environment the overlay of its manifest
   * @param folder its state
   * @param keys the secret with its service's keys; absent if it asks for none, or if it was chosen
   *     by its name alone
   */
  record Chosen(
      String name, String environment, StateFolder folder, Optional<SecretReference> keys) {

    /** Returns the state of the running service. */
    DeploymentState running() {
      return folder
          .read()
          .filter(_ -> folder.held())
          .filter(s -> s.phase() == DeploymentState.Phase.RUNNING)
          .orElseThrow(
              () ->
                  new OperationFailed(
                      "not_running",
                      "Cannot reach \"" + name + "\"",
                      "it is not running on this machine",
                      "Start it with `slipway up`, or look with `slipway status`."));
    }
  }

  Chosen choose(Surroundings surroundings) {
    if (name != null) {
      int at = name.indexOf('@');
      String deployment = at < 0 ? name : name.substring(0, at);
      String environment = at < 0 ? "default" : name.substring(at + 1);
      // The name becomes a folder's: it must not lead anywhere else.
      if (!DeploymentName.PATTERN.matcher(deployment).matches()
          || !environment.matches("[A-Za-z0-9][A-Za-z0-9_-]*")) {
        throw new UsageFailure(
            "Cannot look for the deployment \"" + name + "\"",
            "a name matches " + DeploymentName.PATTERN + ", with @ENV behind it for an environment",
            "Give the name that the manifest has.");
      }
      return chosen(surroundings, new DeploymentName(deployment), environment, Optional.empty());
    }
    var selected = manifest.select(surroundings).manifest();
    return chosen(surroundings, selected.name(), selected.environment(), selected.api().keys());
  }

  private static Chosen chosen(
      Surroundings surroundings,
      DeploymentName deployment,
      String environment,
      Optional<SecretReference> keys) {
    return new Chosen(
        deployment.value(),
        environment,
        new StateFolder(surroundings.home().deployment(deployment, environment)),
        keys);
  }
}
