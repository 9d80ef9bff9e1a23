package dev.slipway.api.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.Eventually;
import dev.slipway.api.job.Job.End;
import dev.slipway.api.job.Job.State;
import dev.slipway.failure.Overloaded;
import dev.slipway.trace.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class JobsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Jobs.Limits LIMITS =
      new Jobs.Limits(2, 6, 4, Duration.ofHours(24), Duration.ofMillis(60));

  private final AtomicLong now = new AtomicLong(1_800_000_000_000L);
  private final MemoryJobStore store = new MemoryJobStore(this::now);
  private final AtomicInteger runs = new AtomicInteger();

  private Jobs jobs(Jobs.Work work) {
    Jobs jobs = new Jobs(store, work, LIMITS, this::now);
    jobs.start();
    return jobs;
  }

  private Instant now() {
    return Instant.ofEpochMilli(now.get());
  }

  private static Job.Asked question() {
    return new Job.Asked(
        "Why?",
        OptionalInt.of(2),
        Map.of("author", "Ann"),
        Optional.of("acme"),
        "request-1",
        Optional.of(new TraceParent("a".repeat(32), "b".repeat(16), true)));
  }

  private static Optional<End> answer() {
    return Optional.of(new End.Answer("{\"answer\":\"So.\"}"));
  }

  private Optional<End> forever(Job job) throws InterruptedException {
    runs.incrementAndGet();
    new CountDownLatch(1).await();
    throw new AssertionError("nobody counts down");
  }

  private State state(Jobs jobs, Job job) {
    return jobs.find(job.owner(), job.id()).orElseThrow().state();
  }

  /** Leaves a job as a service that is killed does: begun, and with a lease that runs out. */
  private Job crashed(int starts) {
    Job job = Job.of("key:ann", question(), now(), now());
    for (int i = 0; i < starts; i++) {
      job = job.started();
    }
    store.add(job.name(), job.json());
    now.addAndGet(1000);
    return job;
  }

  @Test
  void answersAndForgetsTheQuestion() throws InterruptedException {
    AtomicReference<Optional<Job.Asked>> asked = new AtomicReference<>(Optional.empty());
    try (Jobs jobs =
        jobs(
            job -> {
              asked.set(job.question());
              return answer();
            })) {
      Job job = jobs.submit("key:ann", question());

      Job ended = jobs.await(job, PATIENCE).orElseThrow();

      assertThat(ended.state()).isEqualTo(State.DONE);
      assertThat(asked.get()).contains(question());
      assertThat(jobs.find("key:ann", job.id()).orElseThrow().end()).isEqualTo(answer());
      assertThat(store.dump()).doesNotContain("Why?");
    }
  }

  @Test
  void aJobIsItsCallersAlone() {
    try (Jobs jobs = jobs(job -> answer())) {
      Job job = jobs.submit("key:ann", question());

      assertThat(jobs.find("key:ann", job.id())).isPresent();
      assertThat(jobs.find("key:ben", job.id())).isEmpty();
      assertThat(jobs.find("key:ann", "../" + job.id())).isEmpty();
    }
  }

  @Test
  void aServiceThatIsClosedGivesItsJobsBackAndTheNextTakesThemUp() {
    Job job;
    try (Jobs first = jobs(this::forever)) {
      job = first.submit("key:ann", question());
      Eventually.holds("it runs", PATIENCE, () -> runs.get() == 1);
    }
    now.addAndGet(1);

    try (Jobs second = jobs(each -> answer())) {
      Eventually.holds("it is done", PATIENCE, () -> state(second, job) == State.DONE);
      assertThat(second.find("key:ann", job.id()).orElseThrow().starts())
          .as("a stop is no crash")
          .isEqualTo(1);
    }
  }

  @Test
  void aJobOfAServiceThatCrashedBeginsAgainOnce() {
    Job once = crashed(1);
    Job twice = crashed(2);

    try (Jobs jobs = jobs(each -> answer())) {
      Eventually.holds("one is done", PATIENCE, () -> state(jobs, once) == State.DONE);
      Eventually.holds("one is not", PATIENCE, () -> state(jobs, twice) == State.FAILED);
      assertThat(jobs.find("key:ann", twice.id()).orElseThrow().end().orElseThrow())
          .isInstanceOfSatisfying(
              End.Failure.class,
              failure -> assertThat(failure.code()).isEqualTo("job_interrupted"));
    }
  }

  @Test
  void aDocumentThatNobodyCanReadKeepsNoOtherJobFromItsAnswer() {
    store.add("0000000000000000-" + "0".repeat(32), "{\"state\":".getBytes(UTF_8));
    store.add("0000000000000000-" + "1".repeat(32), "{\"state\":\"ASLEEP\"}".getBytes(UTF_8));
    Job left = crashed(1);

    try (Jobs jobs = jobs(each -> answer())) {
      Eventually.holds("it is done", PATIENCE, () -> state(jobs, left) == State.DONE);
    }
  }

  @Test
  void aJobThatAnotherServiceHasIsLeftToIt() {
    try (Jobs first = jobs(this::forever);
        Jobs second = jobs(this::forever)) {
      Job job = first.submit("key:ann", question());
      Eventually.holds("it runs", PATIENCE, () -> runs.get() == 1);
      Instant lease = lease(second, job);
      now.addAndGet(50);

      Eventually.holds("it is renewed", PATIENCE, () -> lease(second, job).isAfter(lease));
      assertThat(runs.get()).isEqualTo(1);
    }
  }

  private static Instant lease(Jobs jobs, Job job) {
    return jobs.find(job.owner(), job.id()).orElseThrow().lease();
  }

  @Test
  void howManyAreKeptIsBoundedForEachCallerAndForAll() {
    try (Jobs jobs = jobs(this::forever)) {
      for (int i = 0; i < 4; i++) {
        jobs.submit("key:ann", question());
      }
      assertThatThrownBy(() -> jobs.submit("key:ann", question()))
          .isInstanceOfSatisfying(
              Overloaded.class, e -> assertThat(e.limit()).isEqualTo(Overloaded.Limit.RATE));
      jobs.submit("key:ben", question());
      jobs.submit("key:ben", question());
      assertThatThrownBy(() -> jobs.submit("key:ben", question()))
          .isInstanceOfSatisfying(
              Overloaded.class, e -> assertThat(e.limit()).isEqualTo(Overloaded.Limit.CAPACITY));
    }
  }

  @Test
  void whatIsOldIsRemoved() {
    try (Jobs jobs = jobs(job -> answer())) {
      Job job = jobs.submit("key:ann", question());
      Eventually.holds("it is done", PATIENCE, () -> state(jobs, job) == State.DONE);

      now.addAndGet(Duration.ofHours(25).toMillis());

      Eventually.holds("it is gone", PATIENCE, () -> jobs.find("key:ann", job.id()).isEmpty());
    }
  }

  @Test
  void aJobWaitsWhileThereIsNoPlaceForIt() throws InterruptedException {
    AtomicInteger tries = new AtomicInteger();
    try (Jobs jobs = jobs(job -> tries.incrementAndGet() == 1 ? Optional.<End>empty() : answer())) {
      Job job = jobs.submit("key:ann", question());

      assertThat(jobs.await(job, PATIENCE).orElseThrow().state()).isEqualTo(State.DONE);
      assertThat(tries).hasValue(2);
    }
  }
}
