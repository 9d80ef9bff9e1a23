package dev.slipway.cli;

import dev.slipway.deploy.Scaler;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.failure.UsageFailure;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway scale}. */
@Command(
    name = "scale",
    description = {
      "Changes how many instances (of an inference component: copies) a deployment in the cloud"
          + " has.",
      "The manifest's bounds come back with the next deploy that changes the endpoint."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway scale 3                   three from now on, until autoscaling thinks otherwise",
      "  slipway scale --min 1 --max 8 -e prod"
    })
final class ScaleCommand extends SlipwayAction {
  @Mixin private DeployOptions options = new DeployOptions();

  @Parameters(arity = "0..1", paramLabel = "COUNT", description = "how many from now on")
  private @Nullable Integer count;

  @Option(names = "--min", paramLabel = "N", description = "at least so many")
  private @Nullable Integer min;

  @Option(names = "--max", paramLabel = "N", description = "at most so many")
  private @Nullable Integer max;

  ScaleCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Logging.quiet();
    if (count == null && min == null && max == null) {
      throw new UsageFailure(
          "There is nothing to scale to",
          "neither a count nor a bound was given",
          "Give COUNT, --min or --max.");
    }
    var manifest = options.select(surroundings()).manifest();
    try (Cloud cloud = options.open(surroundings(), manifest);
        var view = new DeployView(console())) {
      Scaler.Scale scale =
          new Scaler(cloud, surroundings().adapters().pace(), view)
              .scale(manifest, new Scaler.Wish(number(min), number(max), number(count)));
      if (json()) {
        console().json(scale);
      } else {
        console()
            .data(
                "%s  %d of %d %s, between %d and %d"
                    .formatted(
                        scale.endpoint(),
                        scale.now(),
                        scale.desired(),
                        scale.unit(),
                        scale.min(),
                        scale.max()));
        console().plain("Watch it: slipway status --watch" + options.repeated());
      }
      return ExitCode.DONE;
    }
  }

  private static OptionalInt number(@Nullable Integer given) {
    return given == null ? OptionalInt.empty() : OptionalInt.of(given);
  }
}
