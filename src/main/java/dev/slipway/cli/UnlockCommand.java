package dev.slipway.cli;

import dev.slipway.deploy.EnvironmentStore;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.plan.ResourceNames;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code slipway unlock}. */
@Command(
    name = "unlock",
    description = {
      "Removes the lock of a deploy that is known to be gone.",
      "Only needed when its machine can't be asked: a lock of a process of this machine that is"
          + " gone, and one that nobody renewed for 10 minutes, are taken over without it."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  slipway unlock 1f3a9c02 -e prod"})
final class UnlockCommand extends SlipwayAction {
  @Mixin private DeployOptions options = new DeployOptions();

  @Parameters(paramLabel = "ID", description = "the lock's id, as the refused deploy named it")
  private String id = "";

  UnlockCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Logging.quiet();
    var manifest = options.select(surroundings()).manifest();
    try (Cloud cloud = options.open(surroundings(), manifest)) {
      new EnvironmentStore(cloud, ResourceNames.of(manifest)).unlock(id);
      if (json()) {
        console().json(Map.of("unlocked", id));
      } else {
        console().say("The lock " + id + " is removed.");
        console().plain("Deploy: slipway deploy" + options.repeated());
      }
      return ExitCode.DONE;
    }
  }
}
