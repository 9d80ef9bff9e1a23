package dev.slipway.cli;

import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.UsageFailure;
import dev.slipway.local.StateFolder;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.ModelSource;
import dev.slipway.model.Snapshot;
import dev.slipway.plan.ResourceNames;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway serve}. */
@Command(
    name = "serve",
    description = {
      "Runs the business layer alone, in front of an endpoint that runs already.",
      "The AWS environment says where it is: AWS_REGION, AWS_PROFILE,"
          + " AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway serve -f slipway.yaml -e prod",
      "  slipway serve --endpoint chat --port 9000"
    })
final class ServeCommand extends SlipwayAction {
  @Mixin private ManifestOptions manifest = new ManifestOptions();

  @Option(
      names = "--endpoint",
      paramLabel = "NAME",
      description = "the endpoint to ask (default: the deployment's)")
  private @Nullable String endpoint;

  @Option(
      names = "--port",
      converter = PortNumber.class,
      paramLabel = "N",
      description = "where to listen; 0 takes a free port (default: the manifest's)")
  private @Nullable Integer port;

  ServeCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    var selection = manifest.select(surroundings());
    Manifest read = selection.manifest();
    StateFolder folder =
        new StateFolder(surroundings().home().deployment(read.name(), read.environment()));
    folder.create();
    Logging.toFile(folder.serviceLog());
    Unheeded.of(read).tellOfLater(console());
    try (Service service = surroundings().adapters().serve(settings(read, folder))) {
      Thread hook = Thread.ofPlatform().unstarted(service::close);
      Runtime.getRuntime().addShutdownHook(hook);
      console().say("Listening at " + service.url() + " (try it: " + service.url() + "/docs).");
      console().plain("Stop it: Ctrl-C");
      if (json()) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("api", service.url());
        document.put("pid", ProcessHandle.current().pid());
        console().json(document);
      }
      new CountDownLatch(1).await();
      return ExitCode.DONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new dev.slipway.failure.Interrupted("Stopped", "Start it again: slipway serve");
    }
  }

  private ServiceSettings settings(Manifest read, StateFolder folder) {
    Optional<Snapshot> snapshot = localModel(read);
    return new ServiceSettings(
        BuildVersion.number(),
        read,
        port == null ? read.api().port() : port,
        endpointName(read),
        ResourceNames.of(read).component(),
        Optional.empty(),
        snapshot,
        snapshot.map(s -> s.facts().contextLength()).orElse(OptionalInt.empty()),
        folder.index(),
        folder.traces(),
        ApiKeySecret.hashes(read.api(), surroundings().environment()),
        // Whether a distant endpoint answers is seen by asking it, which costs: not at every probe.
        Optional::empty);
  }

  private Optional<Snapshot> localModel(Manifest read) {
    return read.model().source() instanceof ModelSource.LocalPath
        ? Optional.of(
            surroundings()
                .adapters()
                .models(surroundings().home().cache())
                .resolve(read.model(), read.folder(), Optional.empty()))
        : Optional.empty();
  }

  private EndpointName endpointName(Manifest read) {
    if (endpoint == null) {
      return ResourceNames.of(read).endpoint();
    }
    try {
      return new EndpointName(endpoint);
    } catch (IllegalArgumentException e) {
      throw new UsageFailure(
          "Cannot ask the endpoint \"" + endpoint + "\"",
          "its name " + e.getMessage(),
          "Give the name that SageMaker lists.");
    }
  }
}
