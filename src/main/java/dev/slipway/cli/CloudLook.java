package dev.slipway.cli;

import dev.slipway.deploy.AccountFacts;
import dev.slipway.deploy.DeploymentStatus;
import dev.slipway.deploy.Presence;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.observe.ChangeWatch;
import dev.slipway.deploy.observe.CloudStatus;
import dev.slipway.failure.Failure;
import java.time.Duration;
import java.util.Locale;

/** {@code slipway status} of a deployment in the cloud. */
record CloudLook(Surroundings surroundings, CloudTarget target, boolean json) {
  /** SageMaker's longest update takes 8 h. */
  private static final Duration LONGEST = Duration.ofHours(9);

  int run(boolean watch) {
    try (Cloud cloud = target.open(surroundings)) {
      if (watch) {
        try {
          new ChangeWatch(
                  cloud,
                  target.names(),
                  Presence.ofThisMachine(),
                  target.pace(surroundings),
                  new DeployView(surroundings.console()))
              .untilDone(LONGEST);
        } catch (Failure failure) {
          if (!json && ExitCode.of(failure) != ExitCode.STILL_WORKING) {
            show(read(cloud), cloud);
          }
          throw failure;
        }
      }
      DeploymentStatus status = read(cloud);
      if (json) {
        surroundings.console().json(status);
      } else {
        show(status, cloud);
      }
      return ExitCode.DONE;
    }
  }

  private DeploymentStatus read(Cloud cloud) {
    return new CloudStatus(
            cloud, target.names(), new AccountFacts(cloud, target.pace(surroundings)))
        .read();
  }

  private void show(DeploymentStatus status, Cloud cloud) {
    Console console = surroundings.console();
    console.data(console.bold(target.title()) + "  " + status.status() + " in " + cloud.region());
    var endpoint = status.endpoint();
    if (endpoint != null) {
      console.data(
          "  endpoint  " + endpoint.name() + "  " + endpoint.status() + "  " + endpoint.kind());
      for (var variant : endpoint.variants()) {
        console.data(
            "  variant   "
                + variant.name()
                + "  "
                + variant.instance()
                + "  "
                + variant.now()
                + " of "
                + variant.desired());
      }
    }
    var model = status.model();
    if (model != null) {
      console.data("  model     " + model.source() + "  " + model.commit());
    }
    if (status.revision() > 0) {
      console.data("  revision  " + status.revision());
    }
    if (status.costPerHour() > 0) {
      console.data(
          String.format(Locale.ROOT, "  cost      %.3f USD an hour", status.costPerHour()));
    }
    var service = status.service();
    if (service != null) {
      console.data(
          "  service   "
              + service.url()
              + "  "
              + service.status()
              + "  "
              + service.now()
              + " of "
              + service.desired());
    }
    status.alarms().forEach(alarm -> console.data("  alarm     " + console.red(alarm)));
    String error = status.lastError();
    if (error != null) {
      console.data("  last error  " + console.red(error));
    }
    console.plain(next(status.status(), cloud));
  }

  private String next(String status, Cloud cloud) {
    return switch (status) {
      case "running" -> "Ask it: slipway ask" + target.arguments(cloud) + " \"...\"";
      case "absent" -> "Deploy it: slipway deploy";
      case "failed" -> "See why: slipway logs" + target.arguments(cloud);
      default -> "Watch it: slipway status --watch" + target.arguments(cloud);
    };
  }
}
