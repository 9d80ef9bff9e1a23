package dev.slipway.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code slipway down}. */
@Command(
    name = "down",
    description = "Stops what `slipway up` started; its index, traces and objects are kept.",
    footerHeading = "%nExamples:%n",
    footer = {"  slipway down", "  slipway down --name slipway-demo --json"})
final class DownCommand extends SlipwayAction {
  @Mixin private LocalOptions deployment = new LocalOptions();

  DownCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    var chosen = deployment.choose(surroundings());
    boolean ran = Stopping.stop(chosen.folder());
    if (json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("deployment", chosen.name());
      document.put("environment", chosen.environment());
      document.put("stopped", ran);
      console().json(document);
    } else {
      console().say(ran ? chosen.name() + " is stopped." : chosen.name() + " was not running.");
      console().plain("Start it again: slipway up   Remove its state too: slipway destroy");
    }
    return ExitCode.DONE;
  }
}
