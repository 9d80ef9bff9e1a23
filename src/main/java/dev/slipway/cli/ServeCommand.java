package dev.slipway.cli;

import dev.slipway.api.Entrance;
import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.deploy.StackOutputs;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.local.StateFolder;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.ModelSource;
import dev.slipway.model.Snapshot;
import dev.slipway.plan.ResourceNames;
import java.nio.file.Path;
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
      "  slipway serve --endpoint chat --port 9000",
      "  slipway serve -e prod --listen 0.0.0.0"
    })
final class ServeCommand extends SlipwayAction {
  /** Names the deployment's bucket, where looking the stacks up is not wanted or not allowed. */
  static final String BUCKET = "SLIPWAY_BUCKET";

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

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      defaultValue = Entrance.LOOPBACK,
      description =
          "the address to listen on (default: ${DEFAULT-VALUE}); any but loopback needs api.keys or"
              + " api.jwt")
  private String listen = Entrance.LOOPBACK;

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
    // Before a model is looked for: nothing needs to start where callers would be refused.
    Entrance entrance = KeyPlace.entrance(surroundings(), read, folder, listen);
    try (Service service = surroundings().adapters().serve(settings(selection, folder, entrance))) {
      Termination.runs(service::close);
      console().say("Listening at " + service.url() + " (try it: " + service.url() + "/docs).");
      if (!entrance.local() && entrance.tls().isEmpty()) {
        console().say("! keys and questions come unencrypted: put TLS in front, or set api.tls");
      }
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

  private ServiceSettings settings(
      ManifestOptions.Selection selection, StateFolder folder, Entrance entrance) {
    Manifest read = selection.manifest();
    Optional<Snapshot> snapshot = model(selection, folder);
    return new ServiceSettings(
        BuildVersion.number(),
        read,
        port == null ? read.api().port() : port,
        endpointName(read),
        ResourceNames.of(read).component(),
        Optional.empty(),
        snapshot,
        snapshot.map(s -> s.facts().contextLength()).orElse(OptionalInt.empty()),
        StoreKey.place(read, folder.index(), surroundings().environment()),
        crossEncoder(selection, folder),
        folder.traces(),
        folder.jobs(),
        bucket(read),
        entrance,
        // Whether a distant endpoint answers is seen by asking it, which costs: not at every probe.
        Optional::empty);
  }

  /**
   * Returns what there is to know of the model, with its tokenizer, which counts the tokens of
   * prompts. The weights are the endpoint's.
   */
  private Optional<Snapshot> model(ManifestOptions.Selection selection, StateFolder folder) {
    var spec = selection.manifest().model();
    var model =
        new PinnedModel(
            surroundings()
                .adapters()
                .models(surroundings().home().cache(), selection.manifest().region()),
            spec,
            selection.manifest().folder(),
            selection.lock(folder));
    return switch (spec.source()) {
      case ModelSource.LocalPath _ -> Optional.of(model.resolve());
      case ModelSource.HuggingFace _ -> hubModel(model);
      // The endpoint's prompts are counted by estimate.
      case ModelSource.S3Prefix _, ModelSource.ModelPackage _ -> Optional.empty();
    };
  }

  private Optional<Snapshot> hubModel(PinnedModel model) {
    try (var line = new TransferLine(console())) {
      Snapshot snapshot = model.resolve();
      boolean here = snapshot.content().folder().isPresent();
      return Optional.of(here ? snapshot : model.fetchSmall(snapshot, line));
    } catch (OperationFailed e) {
      // Questions can be answered while the Hub is down.
      console().say("Counting tokens by estimate: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Returns the deployment's bucket: the one that is named, or the one of the stacks where an
   * asynchronous endpoint can't do without.
   */
  private Optional<String> bucket(Manifest read) {
    Optional<String> named =
        Optional.ofNullable(surroundings().environment().get(BUCKET))
            .filter(name -> !name.isBlank());
    if (named.isPresent()) {
      return named;
    }
    return switch (read.endpoint()) {
      case EndpointSpec.Realtime _ -> Optional.empty();
      case EndpointSpec.Async _ -> {
        try (Cloud cloud = surroundings().adapters().cloud(read.region())) {
          yield cloud
              .stacks()
              .find(ResourceNames.of(read).storeStack())
              .map(StackOutputs::new)
              .flatMap(StackOutputs::bucket);
        }
      }
    };
  }

  /** Finds the manifest's cross-encoder; absent if it names none, or if it can't be had now. */
  private Optional<Path> crossEncoder(ManifestOptions.Selection selection, StateFolder folder) {
    return CrossEncoderFolder.source(selection.manifest())
        .flatMap(
            source -> {
              try {
                return Optional.of(
                    CrossEncoderFolder.find(
                        surroundings()
                            .adapters()
                            .models(surroundings().home().cache(), selection.manifest().region()),
                        console(),
                        selection.manifest(),
                        source,
                        selection.lock(folder)));
              } catch (OperationFailed e) {
                // Questions can be answered while the Hub is down.
                console().say("Keeping the search's order: " + e.getMessage());
                return Optional.empty();
              }
            });
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
