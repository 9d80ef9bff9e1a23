package dev.slipway.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code slipway validate}. */
@Command(
    name = "validate",
    description = "Checks a manifest with all its environments, and reports every problem at once.",
    footerHeading = "%nExamples:%n",
    footer = {"  slipway validate", "  slipway validate -f slipway.yaml -e prod --json"})
final class ValidateCommand extends SlipwayAction {
  @Mixin private ManifestOptions manifest = new ManifestOptions();

  ValidateCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    var selection = manifest.select(surroundings());
    var read = selection.manifest();
    if (json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("valid", true);
      document.put("file", selection.file().toString());
      document.put("deployment", read.name().value());
      document.put("environment", read.environment());
      console().json(document);
    } else {
      console()
          .say(
              selection.file()
                  + " is valid: deployment "
                  + read.name()
                  + ", environment "
                  + read.environment()
                  + ".");
      console()
          .plain(
              "Start it on this machine: slipway up"
                  + (selection.sample() ? "" : " -f " + selection.file()));
    }
    return ExitCode.DONE;
  }
}
