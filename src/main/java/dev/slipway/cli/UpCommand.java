package dev.slipway.cli;

import dev.slipway.failure.Failure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.local.DeploymentState;
import dev.slipway.local.DeploymentState.Phase;
import dev.slipway.local.StateFolder;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway up}. */
@Command(
    name = "up",
    description = {
      "Hosts a model on this machine behind SageMaker's protocol, and answers questions with it.",
      "Without a manifest: the demo model over Slipway's own documentation. No AWS account is used."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway up                          until Ctrl-C",
      "  slipway up -f slipway.yaml --port 9000",
      "  slipway up --detach --json          for scripts: returns when it is ready"
    })
final class UpCommand extends SlipwayAction {
  @Mixin private ManifestOptions manifest = new ManifestOptions();

  @Option(
      names = "--port",
      converter = PortNumber.class,
      paramLabel = "N",
      description = "where the service listens; 0 takes a free port (default: the manifest's)")
  private @Nullable Integer port;

  @Option(
      names = {"-d", "--detach"},
      description = "return when the service is ready, and leave it running")
  private boolean detach;

  @Option(names = "--outcome", hidden = true, description = "where a detached start is reported")
  private @Nullable Path outcome;

  UpCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    if (outcome != null) {
      return new DetachedStart.Outcome(outcome).reporting(this::runHere);
    }
    var selection = manifest.select(surroundings());
    StateFolder folder = folder(selection);
    Optional<DeploymentState> running = alreadyRunning(selection, folder);
    if (running.isPresent()) {
      report(running.get(), selection, true);
      return ExitCode.DONE;
    }
    if (!detach) {
      return runHere();
    }
    DeploymentState state =
        new DetachedStart(surroundings(), folder).start(selection, Optional.ofNullable(port));
    report(state, selection, true);
    return ExitCode.DONE;
  }

  /** Returns the deployment that runs already; one that does not answer any more is stopped. */
  private Optional<DeploymentState> alreadyRunning(
      ManifestOptions.Selection selection, StateFolder folder) {
    if (!folder.held()) {
      return Optional.empty();
    }
    DeploymentState state =
        folder.read().orElseThrow(() -> busy(selection, "another process is starting it"));
    if (state.phase() == Phase.STARTING) {
      throw busy(selection, "process " + state.runner().pid() + " is starting it");
    }
    if (state.phase() == Phase.FAILED || state.endpoint().status().equals("Failed")) {
      console().say("Its endpoint has failed; starting it again.");
      Stopping.stop(folder);
      return Optional.empty();
    }
    boolean samePort = port == null || port == 0 || state.addresses().api().endsWith(":" + port);
    if (!samePort || !state.fingerprint().equals(selection.fingerprint())) {
      throw new OperationFailed(
          "already_running",
          "Cannot start \"" + state.deployment() + "\"",
          "it runs already at "
              + state.addresses().api()
              + (samePort ? ", with an older manifest" : ", on another port"),
          "Stop it first: slipway down" + manifest.repeated());
    }
    console().say(state.deployment() + " runs already.");
    return Optional.of(state);
  }

  private static Failure busy(ManifestOptions.Selection selection, String why) {
    return new OperationFailed(
        "already_starting",
        "Cannot start \"" + selection.manifest().name() + "\"",
        why,
        "Watch it with `slipway logs --follow`, or stop it with `slipway down`.",
        true,
        null);
  }

  private int runHere() {
    var selection = manifest.select(surroundings());
    StateFolder folder = folder(selection);
    return new LocalRun(surroundings(), selection, folder)
        .run(
            Optional.ofNullable(port),
            state -> {
              if (outcome == null) {
                report(state, selection, false);
              } else {
                new DetachedStart.Outcome(outcome).ready();
              }
            });
  }

  private void report(
      DeploymentState state, ManifestOptions.Selection selection, boolean detached) {
    UpDocument document =
        UpDocument.of(state, selection.sample(), selection.manifest().api().keys());
    document.print(console(), state.deployment(), manifest.repeated(), detached);
    if (json()) {
      console().json(document);
    }
  }

  private StateFolder folder(ManifestOptions.Selection selection) {
    var chosen = selection.manifest();
    return new StateFolder(surroundings().home().deployment(chosen.name(), chosen.environment()));
  }
}
