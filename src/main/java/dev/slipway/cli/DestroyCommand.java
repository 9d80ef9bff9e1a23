package dev.slipway.cli;

import dev.slipway.deploy.teardown.Keepsakes;
import dev.slipway.deploy.teardown.Removal;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway destroy}. */
@Command(
    name = "destroy",
    description =
        "Removes a deployment: here its process and state; in the cloud its stacks, models, logs"
            + " and objects, until nothing is found any more.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway destroy",
      "  slipway destroy --yes --json",
      "  slipway destroy --dry-run --target aws",
      "  slipway destroy --name chat@prod --region eu-west-1"
    })
final class DestroyCommand extends SlipwayAction {
  @Mixin private LocalOptions deployment = new LocalOptions();

  @Option(
      names = {"-y", "--yes"},
      description = "do not ask")
  private boolean yes;

  @Option(
      names = "--dry-run",
      description = "list what would be removed from the cloud, and change nothing")
  private boolean dryRun;

  DestroyCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Optional<CloudTarget> cloud = deployment.cloud(surroundings());
    if (cloud.isPresent()) {
      var removal = new CloudRemoval(surroundings(), cloud.get(), json());
      return dryRun ? removal.preview() : removal.run(yes);
    }
    var chosen = deployment.choose(surroundings());
    var folder = chosen.folder();
    if (dryRun) {
      return wouldGo(folder.path());
    }
    if (!Files.exists(folder.path())) {
      return report(new Removal(List.of(), kept(), List.of()), chosen.name());
    }
    if (!yes) {
      confirm(chosen.name());
    }
    List<Removal.Deleted> deleted = new ArrayList<>();
    if (Stopping.stop(folder)) {
      deleted.add(new Removal.Deleted("process", chosen.name()));
    }
    List<Removal.Left> left = new ArrayList<>();
    String path = folder.path().toString();
    try {
      folder.delete();
      deleted.add(new Removal.Deleted("folder", path));
    } catch (OperationFailed undeletable) {
      left.add(new Removal.Left("folder", path, undeletable.why(), "rm -r '" + path + "'"));
    }
    return report(new Removal(deleted, kept(), left), chosen.name());
  }

  private int wouldGo(Path folder) {
    List<Removal.Deleted> there =
        Files.exists(folder)
            ? List.of(new Removal.Deleted("folder", folder.toString()))
            : List.of();
    var removal = new Removal(there, kept(), List.of());
    if (json()) {
      console().json(removal);
    } else {
      there.forEach(what -> console().data("delete  " + what.name()));
      show(removal.kept());
      console().plain("Nothing was changed.");
    }
    return ExitCode.DONE;
  }

  /** Returns what is elsewhere: only a manifest says where. */
  private List<Removal.Kept> kept() {
    return deployment
        .selection(surroundings())
        .map(selection -> Keepsakes.passages(selection.manifest()))
        .orElse(List.of());
  }

  private void show(List<Removal.Kept> kept) {
    kept.forEach(
        each ->
            console().data("keep    " + each.type() + "  " + each.name() + "  " + each.reason()));
  }

  private void confirm(String name) {
    if (!console().terminal()) {
      throw new UsageFailure(
          "Cannot destroy \"" + name + "\"",
          "this removes its index, traces and objects, and there is no terminal to ask at",
          "Give --yes if that is meant.");
    }
    String typed =
        Optional.ofNullable(System.console())
            .map(
                terminal ->
                    terminal.readLine(
                        "This stops %s and removes its index, traces and objects."
                            + " Type its name to go on: ",
                        name))
            .orElse("");
    if (!name.equals(typed)) {
      throw new UsageFailure(
          "Did not destroy \"" + name + "\"", "the name was not typed", "Nothing was changed.");
    }
  }

  private int report(Removal removal, String name) {
    if (json()) {
      console().json(removal);
      return removal.left().isEmpty() ? ExitCode.DONE : ExitCode.LEFT_BEHIND;
    }
    show(removal.kept());
    if (removal.left().isEmpty()) {
      console()
          .say(
              removal.deleted().isEmpty()
                  ? "Nothing of " + name + " is on this machine."
                  : name + " is gone.");
      console()
          .plain(
              deployment.alsoInTheCloud(surroundings())
                  ? "On AWS nothing was removed: slipway destroy --target aws"
                  : "Start anew: slipway up");
    } else {
      for (Removal.Left left : removal.left()) {
        console().say("still there: " + left.name() + ": " + left.reason());
        console().plain("      " + left.remove());
      }
      console().plain("Run this again when that is mended, or the command above.");
    }
    return removal.left().isEmpty() ? ExitCode.DONE : ExitCode.LEFT_BEHIND;
  }
}
