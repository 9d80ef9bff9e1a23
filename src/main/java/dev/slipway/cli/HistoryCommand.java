package dev.slipway.cli;

import dev.slipway.deploy.EnvironmentStore;
import dev.slipway.deploy.Revision;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.plan.ResourceNames;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code slipway history}. */
@Command(
    name = "history",
    description = "Lists the revisions of a deployment in the cloud, the newest first.",
    footerHeading = "%nExamples:%n",
    footer = {"  slipway history", "  slipway history -e prod --json"})
final class HistoryCommand extends SlipwayAction {
  @Mixin private DeployOptions options = new DeployOptions();

  HistoryCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Logging.quiet();
    var manifest = options.select(surroundings()).manifest();
    try (Cloud cloud = options.open(surroundings(), manifest)) {
      List<Revision> history =
          new EnvironmentStore(cloud, ResourceNames.of(manifest)).history().reversed();
      if (json()) {
        console().json(Map.of("revisions", history));
        return ExitCode.DONE;
      }
      history.forEach(revision -> console().data(line(revision)));
      console()
          .plain(
              history.isEmpty()
                  ? "Nothing was deployed yet: slipway deploy" + options.repeated()
                  : "Put one back: slipway rollback N" + options.repeated());
      return ExitCode.DONE;
    }
  }

  private static String line(Revision revision) {
    String commit = revision.commit();
    Integer rollbackOf = revision.rollbackOf();
    String reason = revision.reason();
    String instance = revision.instance();
    return "%4d  %s  %-11s  %s@%s  %s  by %s%s%s"
        .formatted(
            revision.number(),
            revision.at(),
            revision.state(),
            revision.source(),
            commit.length() > 12 ? commit.substring(0, 12) : commit,
            instance == null ? "beside the service" : instance,
            revision.by(),
            rollbackOf == null ? "" : "  (revision " + rollbackOf + " again)",
            reason == null ? "" : "  " + reason);
  }
}
