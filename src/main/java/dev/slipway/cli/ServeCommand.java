package dev.slipway.cli;

import dev.slipway.api.Entrance;
import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.deploy.StackOutputs;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.local.LocalEngine;
import dev.slipway.local.StateFolder;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Snapshot;
import dev.slipway.plan.ResourceNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway serve}. */
@Command(
    name = "serve",
    description = {
      "Runs the business layer alone: in front of an endpoint that runs already, or with"
          + " api.engine: embedded with a model beside it.",
      "The AWS environment says where an endpoint is: AWS_REGION, AWS_PROFILE,"
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

  /** Loading takes seconds for a small model, minutes for a large one from a slow disk. */
  private static final Duration STARTUP = Duration.ofMinutes(10);

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

  @Option(
      names = "--model",
      hidden = true,
      description = "a folder with the locked model's files, which an image brings along")
  private @Nullable Path packed;

  @Option(
      names = "--cross-encoder",
      hidden = true,
      description = "the folder of the manifest's cross-encoder, which an image brings along")
  private @Nullable Path packedCrossEncoder;

  @Option(
      names = "--index",
      paramLabel = "s3://BUCKET/KEY",
      description = "an index that a deploy has stored, instead of this machine's own")
  private @Nullable String stored;

  private final Deque<AutoCloseable> started = new ConcurrentLinkedDeque<>();

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
    // Before a model is looked for: nothing needs to start where callers would be refused.
    Entrance entrance = KeyPlace.entrance(surroundings(), read, folder, listen);
    started.push(entrance);
    Termination.runs(this::stop);
    try {
      Service service = start(selection, folder, entrance);
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
      throw new Interrupted(
          "Stopped", "this process was told to stop.", "Start it again: slipway serve");
    } finally {
      stop();
    }
  }

  /** Drains the service, then ends the model beside it. */
  private void stop() {
    for (AutoCloseable part = started.poll(); part != null; part = started.poll()) {
      try {
        part.close();
      } catch (Exception e) {
        LoggerFactory.getLogger(ServeCommand.class).warn("A part did not stop cleanly", e);
      }
    }
  }

  private Service start(
      ManifestOptions.Selection selection, StateFolder folder, Entrance entrance) {
    Manifest read = selection.manifest();
    EndpointName name = endpointName(read);
    Answering answering = answering(selection, folder, name);
    var settings =
        new ServiceSettings(
            BuildVersion.number(),
            read,
            port == null ? read.api().port() : port,
            name,
            ResourceNames.of(read).component(),
            Optional.empty(),
            answering.beside(),
            answering.snapshot(),
            answering.window(),
            StoreKey.place(read, index(read, folder), surroundings().environment()),
            crossEncoder(selection, folder),
            folder.traces(),
            folder.jobs(),
            bucket(read),
            entrance,
            answering.readiness());
    Service service = surroundings().adapters().serve(settings);
    started.push(service);
    return service;
  }

  /**
   * What answers.
   *
   * @param beside asks the model beside the service; absent for the endpoint
   * @param snapshot what there is to know of the model
   * @param window its tokens
   * @param readiness why it can't be asked now
   */
  private record Answering(
      Optional<RuntimeClient> beside,
      Optional<Snapshot> snapshot,
      OptionalInt window,
      Supplier<Optional<String>> readiness) {}

  private Answering answering(
      ManifestOptions.Selection selection, StateFolder folder, EndpointName name) {
    ServedModel served = ServedModel.of(selection, folder);
    if (served.beside()) {
      return beside(new LocalModel(selection.manifest(), whole(served, selection)), folder, name);
    }
    Optional<Snapshot> snapshot =
        packed == null
            ? new ServiceParts(surroundings(), selection).small(served)
            : served.packed(packed.toAbsolutePath());
    return new Answering(
        Optional.empty(),
        snapshot,
        snapshot.map(s -> s.facts().contextLength()).orElse(OptionalInt.empty()),
        // Whether a distant endpoint answers is seen by asking it, which costs: not at every probe.
        Optional::empty);
  }

  private Answering beside(LocalModel model, StateFolder folder, EndpointName name) {
    folder.clearTemporary();
    LocalEngine engine = surroundings().adapters().engine(name, model.container(), folder);
    started.push(engine);
    engine.awaitReady(STARTUP);
    return new Answering(
        Optional.of(engine.client()),
        Optional.of(model.snapshot()),
        OptionalInt.of(model.window()),
        engine::unready);
  }

  /** Returns the model that is to answer here, all of it. */
  private Snapshot whole(ServedModel served, ManifestOptions.Selection selection) {
    if (packed != null) {
      return served
          .packed(packed.toAbsolutePath())
          .orElseThrow(
              () ->
                  new OperationFailed(
                      "lock_missing",
                      "Cannot serve " + served.spec().source().uri(),
                      served.lock().getFileName() + " pins no such model.",
                      "Build the image again: slipway image"));
    }
    PinnedModel model = served.pinned(surroundings(), selection.manifest());
    Snapshot snapshot = model.pin();
    LocalModel.needGguf(snapshot); // before gigabytes are fetched in vain
    try (var line = new TransferLine(console())) {
      return model.fetch(snapshot, line);
    }
  }

  private Optional<Path> crossEncoder(ManifestOptions.Selection selection, StateFolder folder) {
    return packedCrossEncoder == null
        ? new ServiceParts(surroundings(), selection).crossEncoder(folder)
        : Optional.of(packedCrossEncoder.toAbsolutePath());
  }

  /** Returns the folder of the index, which is brought here first where the store has it. */
  private Path index(Manifest read, StateFolder folder) {
    return stored == null
        ? folder.index()
        : new StoredIndex(surroundings(), read.region()).fetch(stored, folder.path());
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
