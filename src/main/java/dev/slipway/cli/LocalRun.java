package dev.slipway.cli;

import dev.slipway.api.Entrance;
import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.local.DeploymentState;
import dev.slipway.local.DeploymentState.Phase;
import dev.slipway.local.LocalEndpoint;
import dev.slipway.local.LocalStatus;
import dev.slipway.local.LocalTarget;
import dev.slipway.local.StateFolder;
import dev.slipway.local.runtime.RuntimeLimits;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.Hosting;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Snapshot;
import dev.slipway.plan.ResourceNames;
import dev.slipway.rag.index.IndexProgress;
import dev.slipway.rag.index.IndexReport;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageSize;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Runs one deployment in this process: resolve, host, index, serve, verify, report; then it stays
 * until it is told to stop. Ctrl-C and SIGTERM stop it at any step, and leave nothing running.
 */
final class LocalRun {
  /** Loading takes seconds for the demo model, minutes for a large one from a slow disk. */
  private static final Duration STARTUP = Duration.ofMinutes(10);

  private final Surroundings surroundings;
  private final ManifestOptions.Selection selection;
  private final StateFolder folder;
  private final Steps steps;
  private final LiveState state;
  private final Deque<AutoCloseable> started = new ConcurrentLinkedDeque<>();
  private final AtomicBoolean stopping = new AtomicBoolean();

  LocalRun(Surroundings surroundings, ManifestOptions.Selection selection, StateFolder folder) {
    this.surroundings = surroundings;
    this.selection = selection;
    this.folder = folder;
    this.steps = new Steps(surroundings.console());
    this.state = new LiveState(selection, folder);
  }

  /**
   * Brings the deployment up, reports it, and waits for its end.
   *
   * @param port where the service listens, if not where the manifest says
   */
  int run(Optional<Integer> port, Consumer<DeploymentState> report) {
    try (StateFolder.Hold _ = hold()) {
      Termination.runs(() -> stop(Phase.STOPPED, ""));
      try {
        up(port);
        report.accept(state.now());
        return untilTheEnd();
      } catch (RuntimeException e) {
        if (stopping.get()) {
          // A step that broke because its parts were stopped says nothing of its own.
          return untilTheEnd();
        }
        stop(Phase.FAILED, String.valueOf(e.getMessage()));
        throw e;
      }
    }
  }

  /** Waits for the signal that ends this process. */
  private int untilTheEnd() {
    try {
      new CountDownLatch(1).await();
      return ExitCode.DONE;
    } catch (InterruptedException e) {
      stop(Phase.STOPPED, "");
      throw new Interrupted(
          "Stopped " + manifest().name(),
          "this process was told to stop.",
          "Start it again: slipway up");
    }
  }

  private StateFolder.Hold hold() {
    return folder
        .tryHold()
        .orElseThrow(
            () ->
                new OperationFailed(
                    "already_running",
                    "Cannot start \"" + manifest().name() + "\"",
                    "another process runs it on this machine",
                    "Look with `slipway status`, or stop it with `slipway down`."));
  }

  private void up(Optional<Integer> port) {
    folder.clearTemporary();
    Logging.toFile(folder.serviceLog());
    state.begin();
    Unheeded.of(manifest()).tell(surroundings.console());
    // Asked for first: nothing needs to start where callers would be refused, or all let in.
    PassagePlace passages = StoreKey.place(manifest(), folder.index(), surroundings.environment());
    Entrance entrance = closing(KeyPlace.entrance(surroundings, manifest(), folder));
    LocalModel model = steps.step("model", this::resolve, LocalModel::description);
    LocalTarget target = host(model);
    // The container loads its model in a process of its own: index meanwhile.
    if (selection.sample()) {
      steps.step("documents", () -> indexDocumentation(model, passages), LocalRun::describe);
    }
    steps.step("endpoint", () -> awaitReady(target), name -> name + " is InService");
    Optional<Path> reranker = reranker();
    Service service =
        steps.step(
            "service",
            () -> serve(port, model, reranker, target, passages, entrance),
            Service::url);
    steps.step("smoke", () -> verify(service), LocalRun::describe);
    state.runs();
  }

  private LocalModel resolve() {
    PinnedModel model = ServedModel.of(selection, folder).pinned(surroundings, manifest());
    Snapshot snapshot = model.pin();
    state.serves(snapshot);
    try (var line = new TransferLine(surroundings.console())) {
      Snapshot fetched =
          switch (LocalModel.engine(manifest())) {
            case Hosting.Engine.Embedded _ -> {
              LocalModel.needGguf(snapshot); // before gigabytes are fetched in vain
              yield model.fetch(snapshot, line);
            }
            // That server has its weights already.
            case Hosting.Engine.Proxy _ -> model.fetchSmall(snapshot, line);
          };
      return new LocalModel(manifest(), fetched);
    }
  }

  private LocalTarget host(LocalModel model) {
    ResourceNames names = names();
    var settings =
        new LocalTarget.Settings(
            names.endpoint(),
            model.container(),
            names.component().stream().toList(),
            RuntimeLimits.of(manifest().endpoint()),
            names.localBucket(),
            folder,
            state::hear);
    return closing(surroundings.adapters().host(settings));
  }

  private IndexReport indexDocumentation(LocalModel model, PassagePlace passages) {
    return surroundings
        .adapters()
        .index(
            passages,
            selection.base(surroundings),
            PassageSize.fitting(model.window()),
            List.of(surroundings.distribution().documentation()),
            manifest().rag().collections().getFirst(),
            IndexProgress.none());
  }

  /** Finds the manifest's cross-encoder; absent if it names none. */
  private Optional<Path> reranker() {
    return CrossEncoderFolder.source(manifest())
        .map(
            source ->
                steps.step(
                    "reranker",
                    () ->
                        CrossEncoderFolder.find(
                            surroundings
                                .adapters()
                                .models(surroundings.home().cache(), manifest().region()),
                            surroundings.console(),
                            manifest(),
                            source,
                            selection.lock(folder)),
                    _ -> source));
  }

  private static String awaitReady(LocalTarget target) {
    return target.endpoint().awaitReady(STARTUP).name().value();
  }

  private Service serve(
      Optional<Integer> port,
      LocalModel model,
      Optional<Path> reranker,
      LocalTarget target,
      PassagePlace passages,
      Entrance entrance) {
    var settings =
        new ServiceSettings(
            BuildVersion.number(),
            manifest(),
            port.orElse(manifest().api().port()),
            names().endpoint(),
            names().component(),
            Optional.of(
                new ServiceSettings.Loopback(
                    URI.create(target.runtimeUrl()),
                    LocalTarget.REGION,
                    URI.create(target.objectsUrl()))),
            manifest().api().engine() == ApiSpec.Engine.EMBEDDED
                ? Optional.of(target.direct())
                : Optional.empty(),
            Optional.of(model.snapshot()),
            OptionalInt.of(model.window()),
            passages,
            reranker,
            folder.traces(),
            folder.jobs(),
            Optional.of(names().localBucket()),
            entrance,
            () -> readiness(target.endpoint()));
    Service service = closing(surroundings.adapters().serve(settings));
    state.listens(
        new DeploymentState.Addresses(
            service.url(),
            target.runtimeUrl(),
            target.objectsUrl(),
            LocalTarget.REGION,
            names().localBucket()));
    return service;
  }

  private static Optional<String> readiness(LocalEndpoint endpoint) {
    return switch (endpoint.status()) {
      case IN_SERVICE -> Optional.empty();
      case CREATING, UPDATING, DELETING, FAILED ->
          Optional.of("the endpoint is " + LocalStatus.word(endpoint.status()));
    };
  }

  private Optional<ChatModel.Usage> verify(Service service) {
    Hosting.Smoke smoke = manifest().endpoint().hosting().smoke();
    return service.verify(smoke.prompt(), smoke.timeout());
  }

  /** Stops what was started, once; who asks first says how it ended. */
  private void stop(Phase phase, String error) {
    boolean first = stopping.compareAndSet(false, true);
    // Closed outside any lock: a part that closes may still tell of its last change.
    closeStarted();
    if (first) {
      state.end(phase, error);
    }
  }

  private <T extends AutoCloseable> T closing(T part) {
    started.push(part);
    if (stopping.get()) {
      // It was starting while the others were closed.
      closeStarted();
    }
    return part;
  }

  private void closeStarted() {
    for (AutoCloseable part = started.poll(); part != null; part = started.poll()) {
      try {
        part.close();
      } catch (Exception e) {
        surroundings.console().say("A part did not stop cleanly: " + e.getMessage());
      }
    }
  }

  private Manifest manifest() {
    return selection.manifest();
  }

  private ResourceNames names() {
    return ResourceNames.of(manifest());
  }

  private static String describe(IndexReport report) {
    return report.documents() + " documents, " + report.chunks() + " passages";
  }

  private static String describe(Optional<ChatModel.Usage> answered) {
    return answered.map(usage -> usage.completionTokens() + " tokens").orElse("answered");
  }
}
