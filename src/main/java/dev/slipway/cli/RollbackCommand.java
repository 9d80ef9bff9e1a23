package dev.slipway.cli;

import dev.slipway.deploy.Deployment;
import dev.slipway.deploy.Rollback;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway rollback}. */
@Command(
    name = "rollback",
    description = {
      "Puts back what an earlier revision deployed, as a new revision, with the same care as a"
          + " deploy.",
      "The manifest stays as it is: the next deploy brings it back."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  slipway rollback", "  slipway rollback 3 -e prod --yes --json"})
final class RollbackCommand extends SlipwayAction {
  @Mixin private DeployOptions options = new DeployOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "REVISION",
      description = "which (default: the newest deployed one before that which runs)")
  private @Nullable Integer revision;

  @Option(
      names = {"-y", "--yes"},
      description = "do not ask")
  private boolean yes;

  RollbackCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Logging.quiet();
    var selection = options.select(surroundings());
    var manifest = selection.manifest();
    OptionalInt wanted = revision == null ? OptionalInt.empty() : OptionalInt.of(revision);
    return new CloudRun(surroundings(), selection, yes)
        .run(
            json(),
            () -> options.open(surroundings(), manifest),
            (collaborators, cloud) -> {
              Deployment done = new Rollback(collaborators).to(manifest, wanted);
              if (json()) {
                console().json(done);
              } else {
                new DeployedText(done, cloud.region(), options.repeated()).print(console());
              }
            });
  }
}
