package dev.slipway.cli;

import dev.slipway.local.DeploymentState;
import dev.slipway.local.DeploymentState.Phase;
import dev.slipway.local.LocalStatus;
import dev.slipway.local.LocalTarget;
import dev.slipway.local.StateFolder;
import dev.slipway.local.runtime.HostedEndpoints;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Hosting;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Snapshot;
import dev.slipway.plan.ResourceNames;
import java.net.URI;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The state of the deployment that this process runs: every change is on disk when it is made, and
 * after the end there are no more. Thread-safe: the endpoint changes on a thread of its own.
 */
final class LiveState {
  private final StateFolder folder;
  private final Optional<DeploymentState> previous;
  private DeploymentState now;
  private boolean ended;

  LiveState(ManifestOptions.Selection selection, StateFolder folder) {
    this.folder = folder;
    this.previous = folder.read();
    this.now = beginning(selection, previous);
  }

  private static DeploymentState beginning(
      ManifestOptions.Selection selection, Optional<DeploymentState> previous) {
    Manifest manifest = selection.manifest();
    ResourceNames names = ResourceNames.of(manifest);
    return new DeploymentState(
        manifest.name().value(),
        manifest.environment(),
        selection.sample() ? "" : selection.file().toString(),
        selection.fingerprint(),
        Phase.STARTING,
        DeploymentState.Runner.current(),
        new DeploymentState.Addresses("", "", "", LocalTarget.REGION, names.localBucket()),
        new DeploymentState.Endpoint(
            names.endpoint().value(), "Creating", kind(manifest), server(manifest)),
        previous.map(DeploymentState::revision).orElse(0),
        previous.map(DeploymentState::model).orElse(new DeploymentState.Model("", "")),
        "");
  }

  private static String kind(Manifest manifest) {
    return switch (manifest.endpoint()) {
      case EndpointSpec.Realtime _ -> "realtime";
      case EndpointSpec.Async _ -> "async";
    };
  }

  private static String server(Manifest manifest) {
    return switch (manifest.endpoint().hosting().engine()) {
      case Hosting.Engine.Embedded _ -> "llama.cpp";
      case Hosting.Engine.Proxy(URI url) -> url.toString();
    };
  }

  /** Returns the state as it is now. */
  synchronized DeploymentState now() {
    return now;
  }

  /** Puts the beginning on disk, over what an earlier run left there. */
  void begin() {
    change(UnaryOperator.identity());
  }

  /** Takes the model that is served: another one, or another manifest, is a new revision. */
  void serves(Snapshot snapshot) {
    var model = new DeploymentState.Model(snapshot.source().uri(), snapshot.commit());
    boolean same =
        previous
            .filter(p -> p.model().equals(model) && p.fingerprint().equals(now().fingerprint()))
            .isPresent();
    change(state -> state.serving(model, same ? state.revision() : state.revision() + 1));
  }

  /** Takes the endpoint as it is from now on. */
  void hear(HostedEndpoints.Hosted endpoint) {
    change(
        state ->
            state.with(
                new DeploymentState.Endpoint(
                    endpoint.name().value(),
                    LocalStatus.word(endpoint.status()),
                    state.endpoint().kind(),
                    state.endpoint().server()),
                endpoint.reason().orElse("")));
  }

  /** Takes where it listens. */
  void listens(DeploymentState.Addresses addresses) {
    change(state -> state.at(addresses));
  }

  /** Takes that every step is done. */
  void runs() {
    change(state -> state.in(Phase.RUNNING, ""));
  }

  /** Takes how it ended; whatever is told afterwards is not kept. */
  synchronized void end(Phase phase, String error) {
    change(state -> state.in(phase, error));
    ended = true;
  }

  private synchronized void change(UnaryOperator<DeploymentState> change) {
    if (!ended) {
      now = change.apply(now);
      folder.write(now);
    }
  }
}
