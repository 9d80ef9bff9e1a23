package dev.slipway.local;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.local.runtime.HostedEndpoints;
import dev.slipway.local.runtime.RuntimeLimits;
import dev.slipway.local.runtime.RuntimeServer;
import dev.slipway.local.s3.ObjectServer;
import dev.slipway.local.s3.ObjectUri;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The local target: one endpoint behind the SageMaker Runtime API, and an object store for its
 * asynchronous requests, all on loopback. Whatever starts is stopped by {@link #close}.
 */
public final class LocalTarget implements AutoCloseable {
  /** SDKs insist on a region; on loopback any will do. */
  public static final String REGION = "us-east-1";

  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final LocalEndpoint endpoint;
  private final ObjectServer objects;
  private final RuntimeServer runtime;

  /**
   * What to start.
   *
   * @param endpoint its name
   * @param container what plays its container
   * @param components the inference components that it hosts; empty if it hosts none
   * @param limits of its SageMaker Runtime
   * @param bucket made for asynchronous inputs and outputs
   * @param folder where state, objects and logs go
   * @param listener hears of every change of the endpoint
   */
  public record Settings(
      EndpointName endpoint,
      ContainerSpec container,
      List<String> components,
      RuntimeLimits limits,
      String bucket,
      StateFolder folder,
      LocalEndpoint.Listener listener) {
    /** Copies the components. */
    public Settings {
      components = List.copyOf(components);
    }
  }

  private LocalTarget(Settings settings) {
    try {
      endpoint =
          started(
              LocalEndpoint.start(
                  settings.endpoint(),
                  settings.container(),
                  settings.components(),
                  settings.folder().containerLog(),
                  settings.folder().temporary(),
                  EndpointTiming.usual(),
                  settings.listener()));
      objects = started(ObjectServer.start(settings.folder().objects(), 0));
      runtime =
          started(
              RuntimeServer.start(
                  name -> find(settings.endpoint(), name),
                  objects.store(),
                  ObjectUri.parse("s3://" + settings.bucket() + "/async/"),
                  settings.limits(),
                  0,
                  settings.folder().runtime()));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts the servers and begins to create the endpoint; {@link LocalEndpoint#awaitReady} waits
   * for it.
   *
   * @throws dev.slipway.failure.Refused if the model can't be hosted on this machine
   */
  public static LocalTarget start(Settings settings) {
    return new LocalTarget(settings);
  }

  private Optional<HostedEndpoints.Hosted> find(EndpointName ours, EndpointName asked) {
    return asked.equals(ours) ? Optional.of(endpoint.hosted()) : Optional.empty();
  }

  private <T extends AutoCloseable> T started(T part) {
    started.push(part);
    return part;
  }

  /** Returns the endpoint. */
  public LocalEndpoint endpoint() {
    return endpoint;
  }

  /** Returns a client that asks the container itself; closing it leaves the target running. */
  public RuntimeClient direct() {
    return new ContainerRuntimeClient(endpoint::hosted);
  }

  /** Returns the address of the SageMaker Runtime API. */
  public String runtimeUrl() {
    return runtime.url().toString();
  }

  /** Returns the address of the object store. */
  public String objectsUrl() {
    return objects.url().toString();
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception e) {
        org.slf4j.LoggerFactory.getLogger(LocalTarget.class).warn("A part did not stop cleanly", e);
      }
    }
  }
}
