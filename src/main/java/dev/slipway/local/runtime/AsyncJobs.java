package dev.slipway.local.runtime;

import dev.slipway.catalog.HostingLimits;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.local.loopback.CallerWatch;
import dev.slipway.local.runtime.ContainerFailure.Reason;
import dev.slipway.local.runtime.HostedEndpoints.Hosted;
import dev.slipway.local.runtime.ServiceError.Origin;
import dev.slipway.local.s3.ObjectStore;
import dev.slipway.local.s3.ObjectUri;
import dev.slipway.local.s3.StoredObject.Description;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on asynchronous requests, so many at once, oldest first. One whose endpoint isn't ready
 * holds its worker until the endpoint is, or until it has waited too long. Thread-safe.
 */
final class AsyncJobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AsyncJobs.class);
  private static final long PAUSE_MILLIS = 200;

  /** A container that can't be reached though its endpoint is in service is asked so often. */
  private static final int TRIES = 3;

  private final HostedEndpoints endpoints;
  private final ContainerClient containers;
  private final ObjectStore store;
  private final JobJournal journal;
  private final int mostWaiting;
  private final LinkedBlockingQueue<AsyncJob> waiting = new LinkedBlockingQueue<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<Thread> workers = new ArrayList<>();

  AsyncJobs(
      HostedEndpoints endpoints,
      ContainerClient containers,
      ObjectStore store,
      JobJournal journal,
      RuntimeLimits limits) {
    this.endpoints = endpoints;
    this.containers = containers;
    this.store = store;
    this.journal = journal;
    this.mostWaiting = limits.asyncWaiting();
    for (int i = 0; i < limits.asyncWorkers(); i++) {
      workers.add(Thread.ofVirtual().name("slipway-async-" + i).unstarted(this::work));
    }
  }

  /** Takes up what an earlier server left, and begins to work. */
  void start() throws IOException {
    waiting.addAll(journal.pending());
    workers.forEach(Thread::start);
  }

  /**
   * Takes a request on.
   *
   * @throws ServiceError if too many wait already
   */
  void accept(AsyncJob job) throws IOException {
    if (waiting.size() >= mostWaiting) {
      throw ServiceError.unavailable(
          "Endpoint " + job.endpoint() + " has " + mostWaiting + " requests waiting. Try again.");
    }
    journal.add(job);
    waiting.add(job);
  }

  /** Stops; what is not done is done by the next server on the same folder. */
  @Override
  public void close() {
    closing.countDown();
    workers.forEach(Thread::interrupt);
    try {
      for (Thread worker : workers) {
        worker.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean closed() {
    return closing.getCount() == 0;
  }

  private void work() {
    while (!closed()) {
      AsyncJob job;
      try {
        job = waiting.take();
      } catch (InterruptedException e) {
        return;
      }
      try {
        finish(job);
      } catch (InterruptedException e) {
        return;
      } catch (IOException | RuntimeException e) {
        if (!closed()) {
          LOG.error("Cannot finish asynchronous request {}", job.id(), e);
        }
      }
    }
  }

  /** Leaves an answer, or the reason why there is none, and forgets the request. */
  private void finish(AsyncJob job) throws IOException, InterruptedException {
    try {
      answer(job);
    } catch (ServiceError e) {
      put(ObjectUri.parse(job.failure()), e.json());
    }
    if (job.inline()) {
      store.delete(ObjectUri.parse(job.input()));
    }
    journal.remove(job);
  }

  private void answer(AsyncJob job) throws IOException, InterruptedException {
    Origin origin = new Origin(new EndpointName(job.endpoint()), job.region());
    int tries = 0;
    while (true) {
      Hosted hosted = ready(job);
      tries++;
      try {
        ask(hosted, job, origin);
        return;
      } catch (ContainerFailure e) {
        if (closed()) {
          throw e;
        }
        if (e.reason() != Reason.UNREACHABLE || tries == TRIES) {
          throw asError(e, origin);
        }
        pause();
      }
    }
  }

  private static ServiceError asError(ContainerFailure failure, Origin origin) {
    return Invocations.error(failure, origin) instanceof ServiceError error
        ? error
        : ServiceError.internal();
  }

  /** Waits until the endpoint answers. */
  private Hosted ready(AsyncJob job) throws InterruptedException {
    EndpointName name = new EndpointName(job.endpoint());
    while (true) {
      if (Duration.between(Instant.ofEpochMilli(job.accepted()), Instant.now()).toSeconds()
          >= job.waitSeconds()) {
        throw ServiceError.validation(
            "The request waited longer than its RequestTTLSeconds, " + job.waitSeconds() + ".");
      }
      Hosted hosted = endpoints.find(name).orElseThrow(() -> ServiceError.endpointNotFound(name));
      switch (hosted.status()) {
        case IN_SERVICE -> {
          return hosted;
        }
        case FAILED, DELETING -> throw InvocationReader.gone(hosted);
        case CREATING, UPDATING -> pause();
      }
    }
  }

  private void pause() throws InterruptedException {
    if (closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new InterruptedException("closing");
    }
  }

  private void ask(Hosted hosted, AsyncJob job, Origin origin) throws IOException {
    ObjectUri input = ObjectUri.parse(job.input());
    Optional<ObjectStore.OpenObject> opened = store.open(input);
    if (opened.isEmpty()) {
      throw ServiceError.validation("There is no object at the InputLocation " + input + ".");
    }
    try (ObjectStore.OpenObject object = opened.get()) {
      if (object.object().size() > HostingLimits.ASYNC_INPUT.value()) {
        throw ServiceError.validation(
            "The input is longer than " + HostingLimits.ASYNC_INPUT.value() + " bytes.");
      }
      try (ContainerClient.Answer answer =
          containers.ask(
              hosted.container(),
              job.headers(),
              body(object.body(), object.object().size()),
              Deadline.in(Duration.ofSeconds(job.timeoutSeconds())),
              CallerWatch.Caller.staying())) {
        if (!answer.successful()) {
          throw ServiceError.model(origin, answer.status(), Invocations.message(answer, origin));
        }
        try (InputStream body = answer.body()) {
          store.put(
              ObjectUri.parse(job.output()),
              body,
              Description.ofType(Invocations.contentType(answer)));
        }
      }
    }
  }

  private static BodyPublisher body(InputStream body, long size) {
    return size == 0
        ? BodyPublishers.noBody()
        : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> body), size);
  }

  private void put(ObjectUri at, byte[] json) throws IOException {
    store.put(at, new ByteArrayInputStream(json), Description.ofType("application/json"));
  }
}
