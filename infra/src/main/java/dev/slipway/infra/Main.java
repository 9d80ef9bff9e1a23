package dev.slipway.infra;

import dev.slipway.deploy.synthesis.BlueprintDocument;
import dev.slipway.deploy.synthesis.ChildSynthesizer;
import dev.slipway.failure.Failure;
import dev.slipway.failure.ManifestInvalid;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.model.Lock;
import dev.slipway.plan.AnsweringModel;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Design;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

/**
 * Synthesizes the cloud assembly; {@code cdk.json} names this class, and {@code slipway} starts it.
 *
 * <p>Its context: {@code file} (a manifest, {@code slipway.yaml} if not given), {@code environment}
 * (of the manifest), {@code lock} (that of the model that answers, beside the manifest), {@code
 * region} (the manifest's, else {@code CDK_DEFAULT_REGION}).
 */
public final class Main {
  private Main() {}

  /** Writes the assembly to the folder that the CDK names, {@code cdk.out} by default. */
  public static void main(String[] arguments) {
    int code = 1;
    try {
      Map<String, String> environment = System.getenv();
      Blueprint blueprint = blueprint(Context.of(environment)::get, environment);
      var app = new App(AppProps.builder().analyticsReporting(false).treeMetadata(false).build());
      Stacks.declare(app, blueprint);
      app.synth();
      return;
    } catch (Failure failure) {
      System.err.println(failure.sentences());
      code = failure instanceof ManifestInvalid ? 3 : failure instanceof UsageFailure ? 2 : 1;
    } catch (RuntimeException broken) {
      // The CDK's own refusals come as exceptions of its JavaScript: the text is enough.
      System.err.println("Cannot write the templates: " + broken.getMessage());
    }
    System.exit(code);
  }

  /** Reads what the context names. */
  static Blueprint blueprint(
      Function<String, Optional<String>> context, Map<String, String> environment) {
    Optional<String> made = context.apply(ChildSynthesizer.BLUEPRINT);
    if (made.isPresent()) {
      return BlueprintDocument.read(text(Path.of(made.get())));
    }
    Path file = Path.of(context.apply("file").orElse("slipway.yaml"));
    Manifest manifest =
        new ManifestReader()
            .read(
                file,
                context.apply("environment"),
                name -> Optional.ofNullable(environment.get(name)));
    Path beside = AnsweringModel.of(manifest).lock(manifest.folder().resolve(Lock.FILE_NAME));
    Path pinned = context.apply("lock").map(Path::of).orElse(beside);
    Lock lock =
        Lock.read(pinned)
            .orElseThrow(
                () ->
                    new OperationFailed(
                        "no_lock",
                        "Cannot find " + pinned,
                        "the stacks are made for the model that a lock pins",
                        "Write it with `slipway model lock -f " + file + "`."));
    String region =
        context
            .apply("region")
            .or(manifest::region)
            .or(() -> Optional.ofNullable(environment.get("CDK_DEFAULT_REGION")))
            .orElseThrow(
                () ->
                    new UsageFailure(
                        "Cannot choose a region",
                        "neither the manifest nor the CDK names one",
                        "Give one: `-c region=eu-west-1`, or `region:` in the manifest."));
    return Design.of(manifest, lock, region);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new OperationFailed(
          "blueprint_unreadable",
          "Cannot read " + file,
          String.valueOf(e.getMessage()),
          "Run the command again.",
          false,
          e);
    }
  }
}
