package dev.slipway.cli;

import dev.slipway.deploy.AnswerGate;
import dev.slipway.deploy.Deployer;
import dev.slipway.deploy.Deployment;
import dev.slipway.deploy.cloud.Cloud;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway deploy}. */
@Command(
    name = "deploy",
    description = {
      "Brings a manifest to Amazon SageMaker: resolves and mirrors the model, applies the stacks,"
          + " and asks the endpoint a question before it says that it is done.",
      "Run again after any interruption, it goes on; with nothing changed, it changes nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway deploy",
      "  slipway deploy -e prod --yes --json     for pipelines: no questions, one document"
    })
final class DeployCommand extends SlipwayAction {
  @Mixin private DeployOptions options = new DeployOptions();

  @Option(
      names = {"-y", "--yes"},
      description = "do not ask")
  private boolean yes;

  DeployCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Logging.quiet();
    var selection = options.select(surroundings());
    AnswerGate gate = DeployGate.of(surroundings(), selection, options.repeated());
    return new CloudRun(surroundings(), selection, yes)
        .run(
            json(),
            () -> options.open(surroundings(), selection.manifest()),
            (collaborators, cloud) -> {
              Deployment done =
                  new Deployer(collaborators, gate)
                      .deploy(selection.manifest(), DeployOptions.lock(selection));
              report(done, cloud);
            });
  }

  private void report(Deployment done, Cloud cloud) {
    if (json()) {
      console().json(done);
      return;
    }
    new DeployedText(done, cloud.region(), options.repeated()).print(console());
  }
}
