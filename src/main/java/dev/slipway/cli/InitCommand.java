package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.manifest.DeploymentName;
import dev.slipway.manifest.ManifestTemplate;
import dev.slipway.model.ModelSource;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code slipway init}. */
@Command(
    name = "init",
    description = "Writes a commented manifest to start from.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway init",
      "  slipway init --kind realtime --name chat --model hf://org/name",
      "  slipway init --kind local --model file:models/chat.gguf chat/slipway.yaml"
    })
final class InitCommand extends SlipwayAction {
  @picocli.CommandLine.Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "slipway.yaml",
      description = "where to write it (default: ${DEFAULT-VALUE})")
  private Path file = Path.of("slipway.yaml");

  @Option(
      names = "--kind",
      defaultValue = "local",
      description = "what to start from: local, realtime, async (default: ${DEFAULT-VALUE})")
  private String kind = "local";

  @Option(names = "--name", description = "the deployment's name (default: the folder's)")
  private @Nullable String name;

  @Option(names = "--model", paramLabel = "SOURCE", description = "where the model comes from")
  private @Nullable String model;

  InitCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Path target = file.toAbsolutePath().normalize();
    if (!ManifestTemplate.kinds().contains(kind)) {
      throw new UsageFailure(
          "Cannot start from \"" + kind + "\"",
          "the kinds are " + String.join(", ", ManifestTemplate.kinds()),
          "Give one of them with --kind.");
    }
    String text = ManifestTemplate.render(kind, deploymentName(target), source());
    try {
      if (target.getParent() != null) {
        Files.createDirectories(target.getParent());
      }
      Files.writeString(target, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new OperationFailed(
          "exists",
          "Cannot write " + file,
          "it exists already, and holds what somebody wrote",
          "Name another file: slipway init FILE",
          false,
          e);
    } catch (IOException e) {
      throw new OperationFailed(
          "not_written",
          "Cannot write " + file,
          String.valueOf(e.getMessage()),
          "Check the folder and its permissions.",
          false,
          e);
    }
    if (json()) {
      console().json(Map.of("written", target.toString(), "kind", kind));
    } else {
      console().say("Wrote " + file + " (" + kind + "): every key with its meaning.");
      console().plain("Set model.source in it, then: slipway validate -f " + file);
    }
    return ExitCode.DONE;
  }

  private DeploymentName deploymentName(Path target) {
    if (name != null) {
      try {
        return new DeploymentName(name);
      } catch (IllegalArgumentException e) {
        throw new UsageFailure(
            "Cannot name the deployment",
            String.valueOf(e.getMessage()),
            "Start with a letter; use lower case letters, digits and hyphens.");
      }
    }
    Path parent = target.getParent();
    String folder =
        parent == null || parent.getFileName() == null ? "" : parent.getFileName().toString();
    String made =
        folder
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^[^a-z]+|-+$", "");
    made = made.substring(0, Math.min(made.length(), 31));
    return new DeploymentName(made.isEmpty() ? "my-model" : made);
  }

  private ModelSource source() {
    String given =
        model != null ? model : kind.equals("local") ? "file:model.gguf" : "hf://org/name";
    try {
      return ModelSource.parse(given);
    } catch (IllegalArgumentException e) {
      throw new UsageFailure(
          "Cannot use --model", String.valueOf(e.getMessage()), "Give a source of that form.");
    }
  }
}
