package dev.slipway.cli;

import dev.slipway.deploy.DeploymentStatus;
import dev.slipway.local.LocalStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway status}. */
@Command(
    name = "status",
    description = "Says how a deployment is.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway status",
      "  slipway status -f slipway.yaml --json | jq -r .status",
      "  slipway status --target aws --watch"
    })
final class StatusCommand extends SlipwayAction {
  @Mixin private LocalOptions deployment = new LocalOptions();

  @Option(
      names = "--watch",
      description =
          "in the cloud: show what happens until nothing is on its way, and exit as the deploy"
              + " would")
  private boolean watch;

  StatusCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    var cloud = deployment.cloud(surroundings());
    if (cloud.isPresent()) {
      return new CloudLook(surroundings(), cloud.get(), json()).run(watch);
    }
    var chosen = deployment.choose(surroundings());
    DeploymentStatus status = LocalStatus.of(chosen.name(), chosen.environment(), chosen.folder());
    if (json()) {
      console().json(status);
      return ExitCode.DONE;
    }
    Console console = console();
    console.data(console.bold(status.deployment()) + "  " + status.status() + " on this machine");
    var endpoint = status.endpoint();
    if (endpoint != null) {
      console.data(
          "  endpoint  " + endpoint.name() + "  " + endpoint.status() + "  " + endpoint.kind());
    }
    var model = status.model();
    if (model != null) {
      console.data("  model     " + model.source() + "  " + shortened(model.commit()));
    }
    if (status.revision() > 0) {
      console.data("  revision  " + status.revision());
    }
    chosen
        .folder()
        .read()
        .filter(_ -> status.status().equals("running"))
        .ifPresent(
            state -> {
              console.data("  service   " + state.addresses().api());
              console.data("  runtime   " + state.addresses().runtime());
              console.data("  s3        " + state.addresses().s3());
            });
    String error = status.lastError();
    if (error != null) {
      console.data("  last error  " + console.red(error));
    }
    console.plain(next(status.status()));
    return ExitCode.DONE;
  }

  private static String next(String status) {
    return switch (status) {
      case "running" ->
          "Ask it: slipway ask \"...\"   Its logs: slipway logs   Stop it: slipway down";
      case "starting" -> "Watch it come up: slipway logs --follow";
      case "crashed", "failed" -> "See why: slipway logs   Start it again: slipway up";
      default -> "Start it: slipway up";
    };
  }

  private static String shortened(String commit) {
    return commit.length() > 12 ? commit.substring(0, 12) : commit;
  }
}
