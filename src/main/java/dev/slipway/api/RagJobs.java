package dev.slipway.api;

import dev.slipway.api.RagRoute.RagAnswer;
import dev.slipway.api.RagRoute.RagError;
import dev.slipway.api.job.Job;
import dev.slipway.api.job.Job.End;
import dev.slipway.api.job.JobStore;
import dev.slipway.api.job.Jobs;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Deadline;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.Overloaded;
import dev.slipway.rag.Answerer.Progress;
import dev.slipway.rag.Answerer.Question;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions whose callers come back for the answer, and {@code GET /jobs/{id}}, where they do.
 * Thread-safe.
 */
final class RagJobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RagJobs.class);

  /** Time to say 202 in, before the request's own deadline. */
  private static final Duration MARGIN = Duration.ofMillis(300);

  private final Settings settings;
  private final Questions questions;
  private final Json json;
  private final Jobs jobs;

  /**
   * How jobs are kept and run.
   *
   * @param store keeps them; it stays the caller's to close
   * @param always whether every question becomes one that isn't answered in time: an asynchronous
   *     endpoint's do
   * @param time that one answer may take
   * @param limits of what is kept
   */
  record Settings(JobStore store, boolean always, Duration time, Jobs.Limits limits) {}

  RagJobs(Settings settings, Questions questions, Json json) {
    this.settings = settings;
    this.questions = questions;
    this.json = json;
    this.jobs = new Jobs(settings.store(), this::run, settings.limits(), InstantSource.system());
  }

  /** Takes up the jobs that an earlier service left. */
  void start() {
    jobs.start();
  }

  /** Returns whether a caller who said nothing may get a job too. */
  boolean always() {
    return settings.always();
  }

  Route<JobRequest> route() {
    return Route.get("/jobs/{id}", "job", JobRequest.class)
        .summary("Show a question that was asked with `async`, and its answer once there is one")
        .answers(200, "The job; `Retry-After` says when to look again.", JobView.class)
        .fails(404)
        .handledBy(
            call ->
                jobs.find(call.caller().name(), call.input().id())
                    .map(job -> reply(200, job))
                    .orElseThrow(() -> new Rejected(Problem.notFound())));
  }

  /** Takes a question and says where its answer will be. */
  Reply later(Job.Asked asked, Caller caller) {
    return reply(202, jobs.submit(caller.name(), asked));
  }

  /**
   * Takes a question and waits for its answer as long as the request may; then it says where the
   * answer will be.
   *
   * @throws Rejected if the question fails in that time
   */
  Reply soonOrLater(Job.Asked asked, Caller caller, Deadline deadline) {
    Job job = jobs.submit(caller.name(), asked);
    Duration left = deadline.remaining().minus(MARGIN);
    try {
      return jobs.await(job, left.isNegative() ? Duration.ZERO : left)
          .flatMap(Job::end)
          .map(RagJobs::whole)
          .orElseGet(() -> reply(202, job));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "The service is stopping",
          "nobody waits here any more; the job goes on.",
          "Look at /jobs/" + job.id() + ".");
    }
  }

  private static Reply whole(End end) {
    return switch (end) {
      case End.Answer answer ->
          new Reply.Bytes(
              200, "application/json", answer.json().getBytes(StandardCharsets.UTF_8), Map.of());
      case End.Failure failure -> throw new Rejected(Problem.ofJob(failure));
    };
  }

  private Optional<End> run(Job job) throws InterruptedException {
    Job.Asked asked = job.question().orElseThrow();
    Question question =
        new Question(
            List.of(new ChatModel.Message(ChatModel.Role.USER, asked.query())),
            true,
            asked.k(),
            asked.filter(),
            asked.tenant(),
            ChatModel.Sampling.defaults(),
            false,
            Deadline.in(settings.time()),
            asked.requestId(),
            "/rag",
            asked.parent());
    try {
      RagAnswer answer = RagAnswer.of(questions.ask(question, job.owner(), Progress.none()));
      return Optional.of(new End.Answer(json.text(answer)));
    } catch (Interrupted stopping) {
      boolean unused = Thread.interrupted();
      throw new InterruptedException();
    } catch (Overloaded busy) {
      return switch (busy.limit()) {
        case CAPACITY -> Optional.empty();
        case RATE -> Optional.of(failure(Problem.of(busy)));
      };
    } catch (Failure failure) {
      LOG.warn("Job {} failed: {}", job.id(), failure.code());
      return Optional.of(failure(Problem.of(failure)));
    } catch (Rejected rejected) {
      return Optional.of(failure(rejected.problem()));
    } catch (RuntimeException e) {
      // The stack says where; the message could quote what was asked.
      LOG.error("Job {} failed unexpectedly", job.id(), Stack.of(e));
      return Optional.of(failure(Problem.internal()));
    }
  }

  private static End.Failure failure(Problem problem) {
    return new End.Failure(problem.status(), problem.code(), problem.message());
  }

  private Reply reply(int status, Job job) {
    Map<String, String> headers =
        job.ended()
            ? Map.of()
            : status == 202
                ? Map.of("Location", "/jobs/" + job.id(), "Retry-After", "1")
                : Map.of("Retry-After", "2");
    return new Reply.Bytes(status, "application/json", document(job), headers);
  }

  /** Puts the answer in as it was written: what was answered once stays as it is. */
  private byte[] document(Job job) {
    Optional<RagError> error =
        job.end()
            .filter(End.Failure.class::isInstance)
            .map(End.Failure.class::cast)
            .map(each -> new RagError(each.status(), each.code(), each.message()));
    byte[] view =
        json.write(
            new JobView(
                job.id(),
                job.state().name().toLowerCase(Locale.ROOT),
                job.created(),
                Optional.empty(),
                error));
    Optional<String> answer =
        job.end()
            .filter(End.Answer.class::isInstance)
            .map(End.Answer.class::cast)
            .map(End.Answer::json);
    if (answer.isEmpty()) {
      return view;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(view, 0, view.length - 1);
    out.writeBytes((",\"answer\":" + answer.get() + "}").getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  /** Gives back what runs. */
  @Override
  public void close() {
    jobs.close();
  }

  /** Which job. */
  record JobRequest(@Field(value = "The job's id.", in = Field.Place.PATH) String id) {}

  /** One job. */
  record JobView(
      @Field("32 hexadecimal digits.") String id,
      @Field(
              value = "How far it is.",
              oneOf = {"queued", "running", "done", "failed"})
          String state,
      @Field("When the question came.") Instant created,
      @Field("As POST /rag answers; only if done.") Optional<RagAnswer> answer,
      @Field("Why there is no answer; only if failed.") Optional<RagError> error) {}
}
