package dev.slipway.cli;

import dev.slipway.manifest.ManifestSchema;
import picocli.CommandLine.Command;

/** {@code slipway schema}. */
@Command(
    name = "schema",
    description = "Prints the JSON Schema of the manifest, for editors.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway schema > slipway.schema.json",
      "  # then, as the first line of slipway.yaml:",
      "  # yaml-language-server: $schema=slipway.schema.json"
    })
final class SchemaCommand extends SlipwayAction {

  SchemaCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    console().data(new ManifestSchema().text().stripTrailing());
    return ExitCode.DONE;
  }
}
