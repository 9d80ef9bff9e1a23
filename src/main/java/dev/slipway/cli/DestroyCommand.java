package dev.slipway.cli;

import dev.slipway.failure.UsageFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      return report(List.of(), List.of(), chosen.name());
    }
    if (!yes) {
      confirm(chosen.name());
    }
    List<Map<String, String>> deleted = new ArrayList<>();
    if (Stopping.stop(folder)) {
      deleted.add(resource("process", chosen.name()));
    }
    folder.delete();
    List<Map<String, String>> left = new ArrayList<>();
    if (Files.exists(folder.path())) {
      left.add(resource("folder", folder.path().toString()));
    } else {
      deleted.add(resource("folder", folder.path().toString()));
    }
    return report(deleted, left, chosen.name());
  }

  private int wouldGo(Path folder) {
    List<Map<String, String>> there =
        Files.exists(folder) ? List.of(resource("folder", folder.toString())) : List.of();
    if (json()) {
      console().json(Map.of("deleted", there, "kept", List.of(), "left", List.of()));
    } else {
      there.forEach(what -> console().data("delete  " + what.get("name")));
      console().plain("Nothing was changed.");
    }
    return ExitCode.DONE;
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

  private int report(
      List<Map<String, String>> deleted, List<Map<String, String>> left, String name) {
    if (json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("deleted", deleted);
      document.put("kept", List.of());
      document.put("left", left);
      console().json(document);
    } else if (left.isEmpty()) {
      console()
          .say(
              deleted.isEmpty()
                  ? "Nothing of " + name + " is on this machine."
                  : name + " is gone.");
      console()
          .plain(
              deployment.alsoInTheCloud(surroundings())
                  ? "On AWS nothing was removed: slipway destroy --target aws"
                  : "Start anew: slipway up");
    } else {
      left.forEach(what -> console().say("still there: " + what.get("name")));
      console().plain("Remove it by hand, or run this again.");
    }
    return left.isEmpty() ? ExitCode.DONE : ExitCode.LEFT_BEHIND;
  }

  private static Map<String, String> resource(String type, String name) {
    Map<String, String> resource = new LinkedHashMap<>();
    resource.put("type", type);
    resource.put("name", name);
    return resource;
  }
}
