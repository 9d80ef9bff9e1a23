package dev.slipway.api.job;

import dev.slipway.api.job.Job.End;
import dev.slipway.failure.Overloaded;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes jobs, runs them, and keeps how they ended for a day. Thread-safe.
 *
 * <p>Services may share a store. Who has a job renews its lease; a job whose lease is over was left
 * by a service that crashed, and the next that looks takes it: it begins again once, and not more,
 * because it may be what brought the service down. A service that is closed gives its jobs back.
 */
public final class Jobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
  private static final int MOST_STARTS = 2;

  private final JobStore store;
  private final Work work;
  private final Limits limits;
  private final InstantSource clock;
  private final Semaphore places;
  private final Map<String, Running> here = new ConcurrentHashMap<>();

  /** Names of jobs that are known to be over, so that they aren't read again at each look. */
  private final Set<String> over = new HashSet<>();

  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("slipway-jobs").factory());
  private volatile boolean closing;

  /** Answers one job. */
  public interface Work {
    /**
     * Answers.
     *
     * @return how it ended; absent if there is no place for it now
     * @throws InterruptedException if it was interrupted, and has no end
     */
    Optional<End> run(Job job) throws InterruptedException;
  }

  /**
   * Bounds what is kept.
   *
   * @param atOnce how many run at a time here
   * @param all how many are kept, those that are over included
   * @param each how many of them may be one caller's
   * @param kept how long, from the last change
   * @param lease how long a silent service is believed to be alive
   */
  public record Limits(int atOnce, int all, int each, Duration kept, Duration lease) {
    /** Returns bounds that suit a service which answers so many questions at once. */
    public static Limits of(int concurrency) {
      return new Limits(
          Math.max(1, concurrency / 2), 1000, 100, Duration.ofHours(24), Duration.ofSeconds(60));
    }
  }

  private record Running(Thread thread, CompletableFuture<Job> end) {}

  /** Makes it; the store stays the caller's to close. Nothing runs before {@link #start}. */
  public Jobs(JobStore store, Work work, Limits limits, InstantSource clock) {
    this.store = store;
    this.work = work;
    this.limits = limits;
    this.clock = clock;
    this.places = new Semaphore(limits.atOnce());
  }

  /** Looks for jobs that were left, now and from time to time. */
  public void start() {
    long period = limits.lease().toMillis() / 3;
    var unused = rounds.scheduleWithFixedDelay(this::round, 0, period, TimeUnit.MILLISECONDS);
  }

  /**
   * Takes a question.
   *
   * @throws Overloaded if too many are kept
   */
  public Job submit(String owner, Job.Asked question) {
    checkRoom(owner);
    Instant now = clock.instant();
    Job job = Job.of(owner, question, now, now.plus(limits.lease()));
    store.add(job.name(), job.json());
    begin(job);
    return job;
  }

  private void checkRoom(String owner) {
    List<JobStore.Entry> all = store.list("");
    String part = Job.ownerPart(owner);
    if (all.stream().filter(entry -> entry.name().startsWith(part)).count() >= limits.each()) {
      throw new Overloaded(
          Overloaded.Limit.RATE,
          "Too many jobs",
          limits.each() + " of a caller are kept, for " + limits.kept().toHours() + " hours",
          Duration.ofMinutes(10));
    }
    if (all.size() >= limits.all()) {
      throw new Overloaded(
          Overloaded.Limit.CAPACITY,
          "Too many jobs",
          limits.all() + " are kept, for " + limits.kept().toHours() + " hours",
          Duration.ofMinutes(10));
    }
  }

  /** Finds a job of a caller; absent if there is none, or it is another's. */
  public Optional<Job> find(String owner, String id) {
    if (!Job.isId(id)) {
      return Optional.empty();
    }
    return store
        .read(Job.name(owner, id))
        .flatMap(kept -> Job.read(kept.body()))
        .filter(job -> job.owner().equals(owner));
  }

  /**
   * Waits for a job that this service runs.
   *
   * @return the job at its end; absent if it isn't there in time
   */
  public Optional<Job> await(Job job, Duration patience) throws InterruptedException {
    Running running = here.get(job.name());
    if (running == null) {
      return find(job.owner(), job.id()).filter(Job::ended);
    }
    try {
      return Optional.of(running.end().get(patience.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException late) {
      return Optional.empty();
    } catch (ExecutionException gone) {
      return Optional.empty();
    }
  }

  private void begin(Job job) {
    CompletableFuture<Job> end = new CompletableFuture<>();
    Thread thread = Thread.ofVirtual().name("job-" + job.id()).unstarted(() -> run(job, end));
    here.put(job.name(), new Running(thread, end));
    thread.start();
  }

  private void run(Job job, CompletableFuture<Job> end) {
    boolean started = false;
    try {
      places.acquire();
      try {
        change(job.name(), Job::started);
        started = true;
        Job last = work(job);
        end.complete(last);
      } finally {
        places.release();
      }
    } catch (InterruptedException stopping) {
      giveBack(job);
    } catch (RuntimeException broken) {
      // The store failed: the lease runs out, and whoever looks next takes the job.
      LOG.warn("Job {} was left ({}, started: {})", job.id(), broken.getClass().getName(), started);
    } finally {
      here.remove(job.name());
      end.completeExceptionally(new IllegalStateException("the job was left"));
    }
  }

  private Job work(Job job) throws InterruptedException {
    while (true) {
      Optional<End> ended = work.run(job);
      if (closing && Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (ended.isPresent()) {
        return change(job.name(), each -> each.ended(ended.get()))
            .orElseGet(() -> job.ended(ended.get()));
      }
      // Those who wait for their answers go first.
      Thread.sleep(Duration.ofMillis(500));
    }
  }

  private void giveBack(Job job) {
    try {
      change(job.name(), each -> each.givenBack(clock.instant()));
    } catch (RuntimeException broken) {
      LOG.warn("Job {} was not given back: {}", job.id(), broken.getClass().getName());
    }
  }

  private interface Change {
    Job of(Job job);
  }

  /** Changes a job that has no end; absent if it has, or is gone. */
  private Optional<Job> change(String name, Change change) {
    for (int tries = 0; tries < 5; tries++) {
      Optional<JobStore.Kept> kept = store.read(name);
      Optional<Job> before =
          kept.flatMap(each -> Job.read(each.body())).filter(each -> !each.ended());
      if (kept.isEmpty() || before.isEmpty()) {
        return Optional.empty();
      }
      Job after = change.of(before.get());
      if (store.replace(name, kept.get().version(), after.json())) {
        return Optional.of(after);
      }
    }
    return Optional.empty();
  }

  /** Renews the leases of the jobs here, takes those that were left, and removes the old. */
  private void round() {
    try {
      Instant now = clock.instant();
      List<JobStore.Entry> all = store.list("");
      Set<String> names = new HashSet<>();
      for (JobStore.Entry entry : all) {
        names.add(entry.name());
        if (here.containsKey(entry.name())) {
          change(entry.name(), job -> job.leased(now.plus(limits.lease())));
        } else if (entry.modified().plus(limits.kept()).isBefore(now)) {
          store.remove(entry.name());
        } else if (!over.contains(entry.name())) {
          look(entry.name(), now);
        }
      }
      over.retainAll(names);
    } catch (RuntimeException broken) {
      LOG.warn("Cannot look after the jobs: {}", broken.getClass().getName());
    }
  }

  private void look(String name, Instant now) {
    Optional<JobStore.Kept> kept = store.read(name);
    if (kept.isEmpty() || closing) {
      return;
    }
    Optional<Job> read = Job.read(kept.get().body());
    if (read.isEmpty()) {
      // Of one that nobody can read nothing will become; it must not keep the others from us.
      LOG.warn("Job {} can't be read, and goes when it is old", name);
      over.add(name);
      return;
    }
    Job job = read.get();
    if (job.ended()) {
      over.add(name);
    } else if (job.lease().isBefore(now)) {
      Job taken =
          job.starts() >= MOST_STARTS
              ? job.ended(
                  new End.Failure(
                      500,
                      "job_interrupted",
                      "The service ended twice while it answered this. Ask again."))
              : job.leased(now.plus(limits.lease()));
      if (store.replace(name, kept.get().version(), taken.json()) && !taken.ended()) {
        begin(taken);
      }
    }
  }

  /** Stops what runs, and gives it back to whoever looks next. */
  @Override
  public void close() {
    closing = true;
    rounds.shutdownNow();
    List<Running> running = List.copyOf(here.values());
    running.forEach(each -> each.thread().interrupt());
    for (Running each : running) {
      try {
        var unused = each.thread().join(Duration.ofSeconds(2));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
