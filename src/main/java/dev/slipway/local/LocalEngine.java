package dev.slipway.local;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.local.runtime.HostedEndpoints.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A model that answers beside the service: the container of the local target, watched and started
 * again as there, with no SageMaker in front of it. Thread-safe.
 */
public final class LocalEngine implements AutoCloseable {
  private final LocalEndpoint endpoint;

  private LocalEngine(LocalEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Starts the model's process and returns at once; {@link #awaitReady} waits for the model.
   *
   * @param name what it is called in messages
   * @param container what plays its container
   * @param folder where its log and its temporary files go
   * @throws dev.slipway.failure.OperationFailed if the log can't be written
   */
  public static LocalEngine start(EndpointName name, ContainerSpec container, StateFolder folder) {
    return new LocalEngine(
        LocalEndpoint.start(
            name,
            container,
            List.of(),
            folder.containerLog(),
            folder.temporary(),
            EndpointTiming.usual(),
            changed -> {}));
  }

  /**
   * Waits until the model answers.
   *
   * @throws dev.slipway.failure.Refused if it can't run on this machine
   * @throws dev.slipway.failure.Failure if it failed, or is not ready in time
   */
  public void awaitReady(Duration wait) {
    var unused = endpoint.awaitReady(wait);
  }

  /** Returns why it can't be asked now; absent if it can. */
  public Optional<String> unready() {
    return endpoint.status() == Status.IN_SERVICE
        ? Optional.empty()
        : Optional.of("the embedded engine is " + LocalStatus.word(endpoint.status()));
  }

  /** Returns a client that asks it; closing the client leaves the engine running. */
  public RuntimeClient client() {
    return new ContainerRuntimeClient(endpoint::hosted);
  }

  /** Ends it: when this returns, its process and its temporary files are gone. */
  @Override
  public void close() {
    endpoint.close();
  }
}
