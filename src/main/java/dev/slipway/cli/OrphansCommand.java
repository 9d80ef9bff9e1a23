package dev.slipway.cli;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.teardown.Orphans;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code slipway orphans}. */
@Command(
    name = "orphans",
    description =
        "Lists what Slipway made in a region and no stack has any more, and what is expired.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway orphans --region eu-west-1",
      "  slipway orphans --json | jq -r .orphans[].remove"
    })
final class OrphansCommand extends SlipwayAction {
  @Option(
      names = "--region",
      paramLabel = "REGION",
      description = "the AWS region, instead of the profile's")
  private @Nullable String region;

  OrphansCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    try (Cloud cloud = surroundings().adapters().cloud(Optional.ofNullable(region))) {
      List<Orphans.Orphan> found = new Orphans(cloud, surroundings().adapters().pace()).find();
      if (json()) {
        console().json(Map.of("region", cloud.region(), "orphans", found));
        return ExitCode.DONE;
      }
      for (Orphans.Orphan orphan : found) {
        Double cost = orphan.costPerHour();
        console()
            .data(
                orphan.why()
                    + "  "
                    + orphan.type()
                    + "  "
                    + orphan.name()
                    + (cost == null
                        ? "  cost unknown"
                        : String.format(Locale.ROOT, "  %.3f USD an hour", cost)));
        console().data("    " + orphan.remove());
      }
      console()
          .plain(
              found.isEmpty()
                  ? "Nothing of Slipway's is forgotten in " + cloud.region() + "."
                  : "Remove each with the command below it.");
      return ExitCode.DONE;
    }
  }
}
