package dev.slipway.cli;

import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.deploy.ResourceNames;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.local.ContainerSpec;
import dev.slipway.local.DeploymentState;
import dev.slipway.local.DeploymentState.Phase;
import dev.slipway.local.LocalEndpoint;
import dev.slipway.local.LocalStatus;
import dev.slipway.local.LocalTarget;
import dev.slipway.local.StateFolder;
import dev.slipway.local.container.EmbeddedEngine;
import dev.slipway.local.runtime.HostedEndpoints;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Hosting;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelFile;
import dev.slipway.model.Snapshot;
import dev.slipway.rag.index.IndexReport;
import dev.slipway.rag.index.PassageSize;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
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
  private final Deque<AutoCloseable> started = new ConcurrentLinkedDeque<>();
  private final Object writing = new Object();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Optional<DeploymentState> previous;
  private volatile DeploymentState state;

  LocalRun(Surroundings surroundings, ManifestOptions.Selection selection, StateFolder folder) {
    this.surroundings = surroundings;
    this.selection = selection;
    this.folder = folder;
    this.steps = new Steps(surroundings.console());
    this.previous = folder.read();
    this.state = beginning();
  }

  /**
   * Brings the deployment up, reports it, and waits for its end.
   *
   * @param port where the service listens, if not where the manifest says
   */
  int run(Optional<Integer> port, Consumer<DeploymentState> report) {
    try (StateFolder.Hold _ = hold()) {
      Thread hook = Thread.ofPlatform().unstarted(() -> stop(Phase.STOPPED, ""));
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        up(port, report);
        end.await();
      } catch (RuntimeException e) {
        stop(Phase.FAILED, String.valueOf(e.getMessage()));
        throw e;
      } catch (InterruptedException e) {
        stop(Phase.STOPPED, "");
        throw new Interrupted("Stopped " + state.deployment(), "Start it again: slipway up");
      }
    }
    return ExitCode.DONE;
  }

  private void up(Optional<Integer> port, Consumer<DeploymentState> report) {
    folder.clearTemporary();
    Logging.toFile(folder.serviceLog());
    write(state);
    Snapshot snapshot = steps.step("model", this::resolve, LocalRun::describe);
    LocalTarget target = host(snapshot);
    // The container loads its model in a process of its own: index meanwhile.
    CompletableFuture<Void> ready =
        CompletableFuture.runAsync(
            () -> target.endpoint().awaitReady(STARTUP), Thread::startVirtualThread);
    if (selection.sample()) {
      steps.step("documents", () -> indexDocumentation(snapshot), LocalRun::describe);
    }
    steps.step("endpoint", () -> await(ready), _ -> state.endpoint().name() + " is InService");
    Service service =
        steps.step("service", () -> serve(port, snapshot, target), running -> running.url());
    write(
        state.at(
            new DeploymentState.Addresses(
                service.url(),
                target.runtimeUrl(),
                target.objectsUrl(),
                LocalTarget.REGION,
                names().localBucket())));
    Hosting.Smoke smoke = manifest().endpoint().hosting().smoke();
    steps.step(
        "smoke",
        () -> service.verify(smoke.prompt(), smoke.timeout()),
        usage -> usage.map(u -> u.completionTokens() + " tokens").orElse("answered"));
    write(state.in(Phase.RUNNING, ""));
    report.accept(state);
  }

  private Snapshot resolve() {
    Snapshot snapshot =
        surroundings
            .adapters()
            .models(surroundings.home().cache())
            .resolve(manifest().model(), manifest().folder());
    Lock.pin(selection.lock(folder), snapshot);
    write(inRevision(snapshot));
    return snapshot;
  }

  private LocalTarget host(Snapshot snapshot) {
    Hosting hosting = manifest().endpoint().hosting();
    ContainerSpec container =
        switch (hosting.engine()) {
          case Hosting.Engine.Embedded _ ->
              new ContainerSpec.Embedded(
                  gguf(snapshot), parallel(), context(snapshot), hosting.environment());
          case Hosting.Engine.Proxy(URI url) -> new ContainerSpec.Proxy(url);
        };
    var settings =
        new LocalTarget.Settings(
            names().endpoint(), container, components(), names().localBucket(), folder, this::hear);
    return closing(surroundings.adapters().host(settings));
  }

  private IndexReport indexDocumentation(Snapshot snapshot) {
    return surroundings
        .adapters()
        .index(
            folder.index(),
            selection.base(surroundings),
            PassageSize.fitting(context(snapshot)),
            List.of(surroundings.distribution().documentation()),
            manifest().rag().collections().getFirst(),
            dev.slipway.rag.index.IndexProgress.none());
  }

  private Service serve(Optional<Integer> port, Snapshot snapshot, LocalTarget target) {
    return closing(
        surroundings
            .adapters()
            .serve(
                new ServiceSettings(
                    manifest(),
                    port.orElse(manifest().api().port()),
                    names().endpoint(),
                    components().stream().findFirst(),
                    Optional.of(
                        new ServiceSettings.Loopback(
                            URI.create(target.runtimeUrl()), LocalTarget.REGION)),
                    Optional.of(snapshot),
                    OptionalInt.of(context(snapshot)),
                    folder.index(),
                    folder.traces(),
                    ApiKeySecret.hashes(manifest().api(), surroundings.environment()),
                    () -> readiness(target.endpoint()))));
  }

  private static Void await(CompletableFuture<Void> ready) {
    try {
      return ready.join();
    } catch (java.util.concurrent.CompletionException e) {
      throw e.getCause() instanceof Failure failure ? failure : e;
    }
  }

  private static Optional<String> readiness(LocalEndpoint endpoint) {
    return switch (endpoint.status()) {
      case IN_SERVICE -> Optional.empty();
      case CREATING, UPDATING, DELETING, FAILED ->
          Optional.of("the endpoint is " + LocalStatus.word(endpoint.status()));
    };
  }

  private void hear(HostedEndpoints.Hosted endpoint) {
    synchronized (writing) {
      write(
          state.with(
              new DeploymentState.Endpoint(
                  endpoint.name().value(),
                  LocalStatus.word(endpoint.status()),
                  state.endpoint().kind(),
                  state.endpoint().server()),
              endpoint.reason().orElse("")));
    }
  }

  private void write(DeploymentState next) {
    synchronized (writing) {
      state = next;
      folder.write(next);
    }
  }

  private <T extends AutoCloseable> T closing(T part) {
    started.push(part);
    return part;
  }

  private void stop(Phase phase, String error) {
    // Closed outside any lock: a part that closes may still tell of its last change.
    for (AutoCloseable part = started.poll(); part != null; part = started.poll()) {
      try {
        part.close();
      } catch (Exception e) {
        surroundings.console().say("A part did not stop cleanly: " + e.getMessage());
      }
    }
    synchronized (writing) {
      if (state.phase() != Phase.STOPPED && state.phase() != Phase.FAILED) {
        write(state.in(phase, error));
      }
    }
    end.countDown();
  }

  private StateFolder.Hold hold() {
    return folder
        .tryHold()
        .orElseThrow(
            () ->
                new OperationFailed(
                    "already_running",
                    "Cannot start \"" + state.deployment() + "\"",
                    "another process runs it on this machine",
                    "Look with `slipway status`, or stop it with `slipway down`."));
  }

  private Manifest manifest() {
    return selection.manifest();
  }

  private ResourceNames names() {
    return ResourceNames.of(manifest());
  }

  private DeploymentState beginning() {
    String server =
        switch (manifest().endpoint().hosting().engine()) {
          case Hosting.Engine.Embedded _ -> "llama.cpp";
          case Hosting.Engine.Proxy(URI url) -> url.toString();
        };
    String kind =
        switch (manifest().endpoint()) {
          case EndpointSpec.Realtime _ -> "realtime";
          case EndpointSpec.Async _ -> "async";
        };
    return new DeploymentState(
        manifest().name().value(),
        manifest().environment(),
        selection.sample() ? "" : selection.file().toString(),
        selection.fingerprint(),
        Phase.STARTING,
        DeploymentState.Runner.current(),
        new DeploymentState.Addresses("", "", "", LocalTarget.REGION, names().localBucket()),
        new DeploymentState.Endpoint(names().endpoint().value(), "Creating", kind, server),
        previous.map(DeploymentState::revision).orElse(0),
        previous.map(DeploymentState::model).orElse(new DeploymentState.Model("", "")),
        "");
  }

  private DeploymentState inRevision(Snapshot snapshot) {
    var model = new DeploymentState.Model(snapshot.source().uri(), snapshot.commit());
    boolean same =
        previous
            .filter(p -> p.model().equals(model) && p.fingerprint().equals(state.fingerprint()))
            .isPresent();
    return new DeploymentState(
        state.deployment(),
        state.environment(),
        state.manifest(),
        state.fingerprint(),
        state.phase(),
        state.runner(),
        state.addresses(),
        state.endpoint(),
        same ? state.revision() : state.revision() + 1,
        model,
        "");
  }

  private List<String> components() {
    return manifest().endpoint() instanceof EndpointSpec.Realtime realtime && realtime.components()
        ? List.of(names().component())
        : List.of();
  }

  private int parallel() {
    return Math.min(manifest().endpoint().scaling().concurrency(), EmbeddedEngine.PARALLEL);
  }

  private static int context(Snapshot snapshot) {
    return Math.min(
        snapshot.facts().contextLength().orElse(EmbeddedEngine.CONTEXT), EmbeddedEngine.CONTEXT);
  }

  private static Path gguf(Snapshot snapshot) {
    return snapshot
        .gguf()
        .orElseThrow(
            () ->
                new Refused(
                    "no_gguf",
                    "Cannot host " + snapshot.source().uri() + " with the embedded engine",
                    "it holds no GGUF file, and llama.cpp reads nothing else",
                    "Convert it with llama.cpp's convert_hf_to_gguf.py, or serve it with vLLM on"
                        + " this machine and set endpoint.engine to that server's"
                        + " http://host:port."));
  }

  private static String describe(Snapshot snapshot) {
    var facts = snapshot.facts();
    long bytes = snapshot.files().stream().mapToLong(ModelFile::size).sum();
    return String.format(
        Locale.ROOT,
        "%s, %s parameters, %d files, %.1f MB, commit %.12s",
        facts.architecture().orElse("unknown architecture"),
        facts.parameters().isPresent()
            ? String.format(Locale.ROOT, "%,d", facts.parameters().getAsLong())
            : "unknown",
        snapshot.files().size(),
        bytes / 1e6,
        snapshot.commit());
  }

  private static String describe(IndexReport report) {
    return report.documents() + " documents, " + report.chunks() + " passages";
  }
}
