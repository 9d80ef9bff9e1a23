package dev.slipway.local;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.local.container.EmbeddedEngine;
import dev.slipway.local.runtime.HostedEndpoints.Hosted;
import dev.slipway.local.runtime.HostedEndpoints.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lives an endpoint's life on this machine as SageMaker does in the cloud: {@code Creating}, pinged
 * until healthy, {@code InService} or {@code Failed} with a reason; a container that crashes or
 * hangs is noticed and started again ({@code Updating}) until it crashes too often. Thread-safe.
 */
public final class LocalEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalEndpoint.class);
  private static final long LOG_BYTES = 4 << 20;
  private static final Duration FIRST_LOOK = Duration.ofMillis(25);
  private static final URI NOWHERE = URI.create("http://localhost:0");

  private final EndpointName name;
  private final ContainerSpec spec;
  private final List<String> components;
  private final Path temporary;
  private final EndpointTiming timing;
  private final Listener listener;
  private final Clock clock;
  private final ContainerLog log;
  private final HttpClient client;
  private final RestartPolicy restarts;
  private final AtomicInteger restarted = new AtomicInteger();
  private final Thread supervisor;
  private final Object change = new Object();

  private volatile Hosted now;
  private volatile boolean closing;
  private volatile @Nullable Failure failure;
  private volatile @Nullable Container container;

  private LocalEndpoint(
      EndpointName name,
      ContainerSpec spec,
      List<String> components,
      ContainerLog log,
      Path temporary,
      EndpointTiming timing,
      Listener listener,
      Clock clock) {
    this.name = name;
    this.spec = spec;
    this.components = List.copyOf(components);
    this.log = log;
    this.temporary = temporary;
    this.timing = timing;
    this.listener = listener;
    this.clock = clock;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    this.restarts =
        new RestartPolicy(
            timing.crashes(), timing.crashWindow(), timing.firstWait(), timing.longestWait());
    this.now = new Hosted(name, Status.CREATING, NOWHERE, components, Optional.empty());
    this.supervisor = Thread.ofVirtual().name("endpoint-" + name).unstarted(this::supervise);
  }

  /** Hears of an endpoint's changes. */
  public interface Listener {
    /** Takes the endpoint as it is from now on; called on the endpoint's own thread. */
    void changed(Hosted endpoint);
  }

  /**
   * Starts to create an endpoint, and returns at once.
   *
   * @param components the inference components that it hosts; empty for none
   * @param logFile where the container's lines go, dated; rotated at 4 MiB, readable by the owner
   * @param temporary a folder in which the container may keep files while it runs
   * @throws OperationFailed if the log can't be written
   */
  static LocalEndpoint start(
      EndpointName name,
      ContainerSpec spec,
      List<String> components,
      Path logFile,
      Path temporary,
      EndpointTiming timing,
      Listener listener) {
    Clock clock = Clock.systemUTC();
    ContainerLog log;
    try {
      log = new ContainerLog(logFile, LOG_BYTES, clock);
    } catch (IOException e) {
      throw new OperationFailed(
          "log_not_writable",
          "Cannot write the container's log " + logFile,
          String.valueOf(e.getMessage()),
          "Check that the disk has room and that the folder for state can be written.",
          false,
          e);
    }
    LocalEndpoint endpoint =
        new LocalEndpoint(name, spec, components, log, temporary, timing, listener, clock);
    endpoint.supervisor.start();
    return endpoint;
  }

  /** Returns the endpoint as it is now, as the runtime server wants it. */
  Hosted hosted() {
    return now;
  }

  /** Returns where it is in its life. */
  public Status status() {
    return now.status();
  }

  /** Returns why it failed or is updating. */
  Optional<String> reason() {
    return now.reason();
  }

  /** Returns how often its container was started again. */
  int restarts() {
    return restarted.get();
  }

  /** Returns the id of the container's process, absent if none runs or it isn't ours. */
  Optional<Long> pid() {
    return container instanceof EmbeddedContainer embedded
        ? Optional.of(embedded.pid())
        : Optional.empty();
  }

  /**
   * Waits until the endpoint is in service.
   *
   * @throws dev.slipway.failure.Refused if the model can't run on this machine
   * @throws OperationFailed if it failed
   * @throws EndpointFailure if it is not in service in time
   */
  public Hosted awaitReady(Duration wait) {
    long end = System.nanoTime() + wait.toNanos();
    synchronized (change) {
      while (true) {
        Failure failed = failure;
        if (failed != null) {
          throw failed;
        }
        if (now.status() == Status.IN_SERVICE) {
          return now;
        }
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0 || closing) {
          throw notReady(wait);
        }
        try {
          change.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new Interrupted(
              "Stopped waiting for the endpoint " + name,
              "this process was told to stop.",
              "It goes on being created.");
        }
      }
    }
  }

  private EndpointFailure notReady(Duration wait) {
    return new EndpointFailure(
        EndpointFailure.Kind.NOT_READY,
        OptionalInt.empty(),
        "The endpoint " + name + " is not in service",
        closing
            ? "it is being deleted"
            : "after "
                + wait.toSeconds()
                + " s it is still "
                + now.status()
                + now.reason().map(r -> ", because " + r).orElse(""),
        "Look at `slipway logs`.",
        null);
  }

  private void supervise() {
    try {
      while (!closing && runOnce()) {
        restarted.incrementAndGet();
      }
    } catch (Failure e) {
      fail(e);
    } catch (InterruptedException e) {
      // close() asked for it
    } catch (RuntimeException e) {
      LOG.error("endpoint {}: its supervisor failed", name, e);
      fail(failed("its supervisor failed: " + e));
    }
  }

  /** Runs one container to its end; returns whether another one is to follow, after its wait. */
  private boolean runOnce() throws InterruptedException {
    Container running = launch();
    container = running;
    String reason;
    boolean hopeless;
    try {
      Optional<Container.End> end = awaitHealthy(running);
      if (end.isEmpty()) {
        restarts.healthy();
        become(Status.IN_SERVICE, running.address(), Optional.empty());
        end = watch(running);
      }
      reason = end.map(Container.End::reason).orElse("it hung");
      hopeless = end.map(Container.End::hopeless).orElse(false);
    } finally {
      container = null;
      running.close();
    }
    log.add("slipway: " + reason);
    LOG.warn("endpoint {}: {}", name, reason);
    Optional<Duration> wait = hopeless ? Optional.empty() : restarts.crashed(clock.instant());
    if (wait.isEmpty()) {
      throw failed(
          hopeless || restarts.recentCrashes() < 2
              ? reason
              : "its container ended " + restarts.recentCrashes() + " times; last, " + reason);
    }
    become(Status.UPDATING, NOWHERE, Optional.of(reason));
    Thread.sleep(wait.get());
    return true;
  }

  private Container launch() throws InterruptedException {
    Pinger pinger = new Pinger(client);
    return switch (spec) {
      case ContainerSpec.Embedded embedded -> {
        EmbeddedEngine.here().check(embedded.gguf(), embedded.parallel(), embedded.context());
        yield EmbeddedContainer.start(embedded, temporary, log, pinger);
      }
      case ContainerSpec.Proxy proxy -> ProxyContainer.start(proxy, client, log);
    };
  }

  /** Returns how the container ended, absent once it is healthy. */
  private Optional<Container.End> awaitHealthy(Container running) throws InterruptedException {
    long giveUp = System.nanoTime() + timing.startup().toNanos();
    Duration look = FIRST_LOOK;
    while (true) {
      Optional<String> unhealthy = running.unhealthy();
      if (unhealthy.isEmpty()) {
        return Optional.empty();
      }
      if (System.nanoTime() - giveUp > 0) {
        throw failed(
            "it was not healthy within "
                + timing.startup().toSeconds()
                + " s: "
                + unhealthy.get()
                + ProcessEnd.cause(log.lastLines()).map(c -> " (" + c + ")").orElse(""));
      }
      Optional<Container.End> end = running.awaitEnd(look);
      if (end.isPresent()) {
        return end;
      }
      look = look.multipliedBy(2).compareTo(timing.ping()) < 0 ? look.multipliedBy(2) : look;
    }
  }

  /** Watches a healthy container; returns how it ended, or that it hangs. */
  private Optional<Container.End> watch(Container running) throws InterruptedException {
    long lastHealthy = System.nanoTime();
    while (true) {
      Optional<Container.End> end = running.awaitEnd(timing.ping());
      if (end.isPresent()) {
        return end;
      }
      Optional<String> unhealthy = running.unhealthy();
      if (unhealthy.isEmpty()) {
        lastHealthy = System.nanoTime();
        if (now.status() != Status.IN_SERVICE) {
          become(Status.IN_SERVICE, running.address(), Optional.empty());
        }
      } else if (System.nanoTime() - lastHealthy > timing.unhealthy().toNanos()) {
        String reason =
            "it is unhealthy for " + timing.unhealthy().toSeconds() + " s: " + unhealthy.get();
        if (running.restartable()) {
          return Optional.of(new Container.End(reason, false));
        }
        if (now.status() == Status.IN_SERVICE) {
          become(Status.UPDATING, running.address(), Optional.of(reason));
        }
      }
    }
  }

  private OperationFailed failed(String reason) {
    return new OperationFailed(
        "endpoint_failed",
        "The endpoint " + name + " failed",
        reason,
        "`slipway logs` shows what its container said; `slipway up` tries again.");
  }

  private void fail(Failure e) {
    failure = e;
    log.add("slipway: failed: " + e.getMessage());
    become(Status.FAILED, NOWHERE, Optional.of(e.why().isEmpty() ? e.what() : e.why()));
  }

  /** Makes a change and tells it: under one lock, so that changes are heard in their order. */
  private void become(Status status, URI address, Optional<String> reason) {
    synchronized (change) {
      if (closing && status != Status.DELETING) {
        return;
      }
      Hosted next = new Hosted(name, status, address, components, reason);
      now = next;
      LOG.info("endpoint {} is {}{}", name, status, reason.map(r -> ": " + r).orElse(""));
      listener.changed(next);
      change.notifyAll();
    }
  }

  /** Deletes the endpoint: when this returns, its process and its temporary files are gone. */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    become(Status.DELETING, now.container(), Optional.empty());
    supervisor.interrupt();
    try {
      supervisor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.shutdownNow();
    log.close();
  }
}
