package dev.slipway.deploy;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.RolledBack;
import dev.slipway.failure.StillWorking;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.ResourceNames;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Brings an environment to what is wanted, as a revision: the endpoint, then the service that asks
 * it. Where a model beside the service answers, the service comes first, and an endpoint that
 * nobody asks any more goes after it. The caller holds the environment's lock.
 */
final class Rollout {
  /** CloudFormation's limit of a template in a request, in bytes. */
  static final int MOST_INLINE = 51_200;

  /**
   * What shall be.
   *
   * @param endpoint what hosts the model; absent where it answers beside the service
   * @param source the model's
   * @param commit the model's
   * @param rollbackOf the number of the revision that is put back
   * @param service the business layer on ECS; absent where it runs elsewhere
   * @param basis the endpoint's template that the user has seen a plan against; absent if the plan
   *     had none
   */
  record Goal(
      Manifest manifest,
      Optional<Hosted> endpoint,
      String source,
      String commit,
      Optional<Integer> rollbackOf,
      Optional<ServiceGoal> service,
      Basis basis) {}

  /**
   * An endpoint that is wanted.
   *
   * @param template of its stack
   * @param instance the first choice
   */
  record Hosted(String template, String instance) {}

  /**
   * What a plan was made against.
   *
   * @param settled whether nobody worked on the stack then
   * @param template of the endpoint's stack, absent where there was none
   */
  record Basis(boolean settled, Optional<String> template) {}

  private final Collaborators with;
  private final ResourceNames names;
  private final RevisionBook book;
  private final AnswerGate gate;
  private final DeploymentLock lock;
  private final EndpointRollout hosting;
  private final ServiceRollout serving;
  private Optional<EndpointRollout.Live> live = Optional.empty();
  private Optional<Deployment.Service> service = Optional.empty();
  private Optional<AnswerGate.Judgement> judged = Optional.empty();

  /**
   * Makes a rollout.
   *
   * @param gate judges the answers; what is put back was judged when it was deployed
   */
  Rollout(
      Collaborators with,
      ResourceNames names,
      StackApply apply,
      RevisionBook book,
      AnswerGate gate,
      DeploymentLock lock) {
    this.with = with;
    this.names = names;
    this.book = book;
    this.gate = gate;
    this.lock = lock;
    this.hosting = new EndpointRollout(with, names, apply, book, lock);
    this.serving = new ServiceRollout(with, names, lock::renewIfDue, lock::insist);
  }

  /** Returns the document of what came of it. */
  Deployment run(Goal goal, Bucket bucket) {
    Revision revision = book.begin(goal);
    try {
      Revision done = roll(goal, revision, bucket);
      return new Deployment(
              names.deployment(),
              names.environment(),
              done.number(),
              goal.endpoint().isPresent() ? names.endpointStack() : names.serviceStack(),
              live.map(endpoint -> endpoint.endpoint().value()).orElse(null),
              bucket.name(),
              true,
              "running",
              smoke(),
              service.orElse(null))
          .judged(judged.map(AnswerGate.Judgement::document).orElse(null));
    } catch (Failure failure) {
      throw ended(revision, failure);
    }
  }

  /** Where there is no endpoint, the question to the service is the smoke test. */
  private String smoke() {
    return live.map(EndpointRollout.Live::smoke)
        .orElseGet(
            () ->
                service.filter(asked -> asked.asked().equals("answered")).isPresent()
                    ? "passed"
                    : "skipped");
  }

  private Revision roll(Goal goal, Revision revision, Bucket bucket) {
    Map<String, String> tags = book.tags(goal.manifest(), revision);
    live =
        goal.endpoint()
            .map(
                wanted ->
                    hosting.run(goal.manifest(), wanted.template(), goal.basis(), bucket, tags));
    if (live.isEmpty()) {
      hosting.insist(goal.basis());
    }
    boolean behindTheService = goal.service().isPresent() && gate.mayAskServices();
    if (!behindTheService) {
      judge(bucket);
    }
    lock.insist();
    live.ifPresent(hosting::tidy);
    Revision served = serve(goal, revision, bucket, tags);
    if (behindTheService) {
      judge(bucket);
    }
    if (live.isEmpty()) {
      // Only now: until the service answers by itself, its callers need the endpoint.
      hosting.remove(goal.manifest(), tags);
    }
    return book.deployed(served, live.map(EndpointRollout.Live::config));
  }

  /** Brings up the business layer, or takes away the one that runs elsewhere now. */
  private Revision serve(Goal goal, Revision revision, Bucket bucket, Map<String, String> tags) {
    if (goal.service().isEmpty()) {
      if (goal.rollbackOf().isEmpty()) {
        serving.remove(tags);
      }
      return revision;
    }
    Revision[] recorded = {revision};
    service =
        Optional.of(
            serving.run(
                goal.manifest(),
                goal.service().get(),
                bucket,
                tags,
                parameters -> recorded[0] = book.serving(revision, parameters)));
    return recorded[0];
  }

  /** Asks the service where callers do, if it answered there; else the model behind it. */
  private void judge(Bucket bucket) {
    judged =
        gate.judge(
            service
                .filter(deployed -> deployed.asked().equals("answered"))
                .<AnswerGate.Asked>map(
                    deployed -> new AnswerGate.Asked.Service(URI.create(deployed.url())))
                .or(
                    () ->
                        live.map(
                            endpoint ->
                                new AnswerGate.Asked.Endpoint(
                                    endpoint.endpoint(), names.component(), bucket.name())))
                .orElseGet(() -> new AnswerGate.Asked.Beside(bucket.name())));
    judged.ifPresent(judgement -> with.note(judgement.told()));
  }

  /** Records how a revision ended, and says whether the cloud may go on without us. */
  private Failure ended(Revision revision, Failure failure) {
    if (failure instanceof Interrupted) {
      // Heard: what is left to do, such as to release the lock, needs calls that go through.
      Thread.interrupted();
    }
    if (failure instanceof StillWorking) {
      return failure;
    }
    if (failure instanceof Interrupted || lostSight(failure)) {
      // A run that only waits for what an earlier one began leaves the cloud at work too.
      if (serving.working()) {
        return stillWorking(names.serviceStack(), failure);
      }
      return hosting.working() ? stillWorking(names.endpointStack(), failure) : failure;
    }
    try {
      book.failed(revision, failure instanceof RolledBack ? "rolled-back" : "failed", failure);
    } catch (CloudFailure unrecorded) {
      failure.addSuppressed(unrecorded);
    }
    return failure;
  }

  private static StillWorking stillWorking(String stack, Failure failure) {
    return StackWait.stillWorking(stack, failure.getMessage() + ".", failure);
  }

  /** Says that the cloud may go on, where it was asked for something and is out of sight now. */
  static Failure orStillWorking(StackApply apply, ResourceNames names, CloudFailure failure) {
    return apply.working() && lostSight(failure)
        ? stillWorking("\"" + names.deployment() + "\"", failure)
        : failure;
  }

  /** Returns whether a failure says nothing of the change, only that we no longer see it. */
  static boolean lostSight(Failure failure) {
    return failure instanceof CloudFailure cloud
        && switch (cloud.kind()) {
          case CREDENTIALS, UNREACHABLE, THROTTLED, INTERNAL -> true;
          case DENIED, CONFLICT, NOT_FOUND, QUOTA, INVALID -> false;
        };
  }
}
