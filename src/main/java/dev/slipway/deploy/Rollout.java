package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.RolledBack;
import dev.slipway.failure.StillWorking;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.Plan;
import dev.slipway.plan.Planner;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings an environment's endpoint to a template, as a revision: apply, wait, verify, ask, and tidy
 * up. The caller holds the environment's lock.
 */
final class Rollout {
  /** CloudFormation's limit of a template in a request, in bytes. */
  static final int MOST_INLINE = 51_200;

  /** Download and health check take up to an hour each; what is around them, less. */
  private static final Duration STARTUP = Duration.ofMinutes(150);

  /**
   * What shall be.
   *
   * @param templates the store's as it is deployed, and the endpoint's that is wanted
   * @param source the model's
   * @param commit the model's
   * @param instance the first choice
   * @param rollbackOf the number of the revision that is put back
   * @param service the business layer on ECS; absent where it runs elsewhere
   * @param basis the endpoint's template that the user has seen a plan against; absent if the plan
   *     had none
   */
  record Goal(
      Manifest manifest,
      Templates templates,
      String source,
      String commit,
      String instance,
      Optional<Integer> rollbackOf,
      Optional<ServiceGoal> service,
      Basis basis) {}

  /**
   * What a plan was made against.
   *
   * @param settled whether nobody worked on the stack then
   * @param template of the endpoint's stack, absent where there was none
   */
  record Basis(boolean settled, Optional<String> template) {}

  private final Collaborators with;
  private final ResourceNames names;
  private final StackApply apply;
  private final RevisionBook book;
  private final AnswerGate gate;
  private boolean begun;

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
      AnswerGate gate) {
    this.with = with;
    this.names = names;
    this.apply = apply;
    this.book = book;
    this.gate = gate;
  }

  /** Returns the document of what came of it. */
  Deployment run(Goal goal, Bucket bucket, DeploymentLock lock) {
    Revision revision = book.begin(goal);
    try {
      Revision done = roll(goal, revision, bucket, lock);
      return new Deployment(
              names.deployment(),
              names.environment(),
              done.number(),
              names.endpointStack(),
              live.value(),
              bucket.name(),
              true,
              "running",
              smoke,
              service.orElse(null))
          .judged(judged.map(AnswerGate.Judgement::document).orElse(null));
    } catch (Failure failure) {
      throw ended(revision, failure);
    }
  }

  private EndpointName live = new EndpointName("none");
  private String smoke = "skipped";
  private Optional<Deployment.Service> service = Optional.empty();
  private Optional<AnswerGate.Judgement> judged = Optional.empty();

  private Revision roll(Goal goal, Revision revision, Bucket bucket, DeploymentLock lock) {
    var watch = new EndpointWatch(with, names, lock::renewIfDue);
    Instant until =
        with.pace().now().plus(STARTUP).plus(goal.manifest().endpoint().update().timeout());
    Map<String, String> tags = book.tags(goal.manifest(), revision);
    with.step("applying " + names.endpointStack());
    Optional<String> deployed = settled(goal, bucket, tags, until, watch, lock);
    InstanceCounts counts = InstanceCounts.before(with, names, names.endpoint());
    for (Plan.Step step : steps(goal, deployed)) {
      lock.insist();
      begun = true;
      apply.apply(wanted(step, bucket, tags, until), watch);
    }
    with.step("verifying the endpoint");
    Stack stack = stack();
    var verification = new Verification(with, names);
    Verification.Live seen = verification.see(stack, watch, until);
    live = seen.endpoint();
    counts.restore(seen.endpoint(), goal.manifest().endpoint().scaling());
    with.step("asking the endpoint");
    var test =
        new SmokeTest(
            with,
            names,
            goal.manifest().endpoint(),
            book.history().stream().noneMatch(earlier -> earlier.state().equals("deployed")));
    SmokeTest.Result result =
        test.ask(new SmokeTest.Target(seen.endpoint(), names.component()), bucket);
    smoke = result == SmokeTest.Result.PASSED ? "passed" : "warned";
    boolean behindTheService = goal.service().isPresent() && gate.mayAskServices();
    if (!behindTheService) {
      judge(seen.endpoint(), bucket);
    }
    lock.insist();
    new Leftovers(with, names).clean(seen.config(), seen.model(), book.history());
    Revision served = serve(goal, revision, bucket, tags, lock);
    if (behindTheService) {
      judge(seen.endpoint(), bucket);
    }
    return book.deployed(served, seen.config());
  }

  /** Brings up the business layer, or takes away the one that runs elsewhere now. */
  private Revision serve(
      Goal goal, Revision revision, Bucket bucket, Map<String, String> tags, DeploymentLock lock) {
    var rollout = new ServiceRollout(with, names, lock::renewIfDue, lock::insist);
    if (goal.service().isEmpty()) {
      if (goal.rollbackOf().isEmpty()) {
        rollout.remove(tags);
      }
      return revision;
    }
    Revision[] recorded = {revision};
    service =
        Optional.of(
            rollout.run(
                goal.manifest(),
                goal.service().get(),
                bucket,
                tags,
                parameters -> recorded[0] = book.serving(revision, parameters)));
    return recorded[0];
  }

  /** Asks the service where callers do, if it answered there; else the endpoint behind it. */
  private void judge(EndpointName endpoint, Bucket bucket) {
    judged =
        gate.judge(
            service
                .filter(deployed -> deployed.asked().equals("answered"))
                .<AnswerGate.Asked>map(
                    deployed -> new AnswerGate.Asked.Service(URI.create(deployed.url())))
                .orElseGet(
                    () ->
                        new AnswerGate.Asked.Endpoint(endpoint, names.component(), bucket.name())));
    judged.ifPresent(judgement -> with.note(judgement.told()));
  }

  private Stack stack() {
    return new Looking(with.pace())
        .at(() -> with.cloud().stacks().find(names.endpointStack()))
        .orElseThrow(
            () ->
                new OperationFailed(
                    "stack_missing",
                    "There is no stack " + names.endpointStack(),
                    "somebody deleted it meanwhile.",
                    "Deploy again."));
  }

  /** Brings the stack to rest, and makes sure that the plan still says what will happen. */
  private Optional<String> settled(
      Goal goal,
      Bucket bucket,
      Map<String, String> tags,
      Instant until,
      EndpointWatch watch,
      DeploymentLock lock) {
    lock.insist();
    Plan.Step whole = new Plan.Step(names.endpointStack(), "update", goal.templates().endpoint());
    Optional<String> deployed =
        apply
            .settle(described(whole, bucket, tags, until), watch)
            .filter(stack -> NextStep.of(stack.status()) != NextStep.CREATE)
            .map(stack -> with.cloud().stacks().template(stack.name()));
    boolean same =
        deployed.isPresent() == goal.basis().template().isPresent()
            && (deployed.isEmpty()
                || Fingerprint.same(deployed.get(), goal.basis().template().orElse("")));
    if (goal.basis().settled() && !same) {
      throw new OperationFailed(
          "plan_outdated",
          "The plan no longer holds",
          "another run changed " + names.endpointStack() + " after it was made.",
          "Deploy again to see what is left to do.",
          true,
          null);
    }
    return deployed;
  }

  private List<Plan.Step> steps(Goal goal, Optional<String> deployed) {
    Map<String, String> parameters = Map.of();
    List<Plan.Step> steps =
        new ArrayList<>(
            Planner.steps(
                deployed.map(template -> new Planner.Deployed(template, parameters)),
                new Planner.Wanted(
                    names.endpointStack(), goal.templates().endpoint(), parameters)));
    String wanted = goal.templates().endpoint();
    if (steps.isEmpty() || !Fingerprint.same(steps.getLast().template(), wanted)) {
      // What is there may be as wanted and yet not complete: the apply sees that.
      steps.add(new Plan.Step(names.endpointStack(), "update", wanted));
    }
    return steps;
  }

  private StackApply.Wanted wanted(
      Plan.Step step, Bucket bucket, Map<String, String> tags, Instant until) {
    StackApply.Wanted wanted = described(step, bucket, tags, until);
    if (wanted.sent() instanceof Stacks.Template.InBucket inBucket) {
      bucket.put(
          inBucket.key(), step.template().getBytes(StandardCharsets.UTF_8), "application/json");
    }
    return wanted;
  }

  private StackApply.Wanted described(
      Plan.Step step, Bucket bucket, Map<String, String> tags, Instant until) {
    byte[] bytes = step.template().getBytes(StandardCharsets.UTF_8);
    Stacks.Template sent =
        bytes.length <= MOST_INLINE
            ? new Stacks.Template.Body(step.template())
            : new Stacks.Template.InBucket(
                bucket.name(), names.templatesPrefix() + Fingerprint.of(step.template()) + ".json");
    return new StackApply.Wanted(
        step.stack(),
        step.purpose(),
        step.template(),
        sent,
        Map.of(Templates.BUCKET_PARAMETER, bucket.name()),
        tags,
        Set.of(ResourceNames.DEPLOYMENT_TAG, ResourceNames.ENVIRONMENT_TAG),
        until);
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
      return begun || apply.working()
          ? StackWait.stillWorking(names.endpointStack(), failure.getMessage() + ".", failure)
          : failure;
    }
    try {
      book.failed(revision, failure instanceof RolledBack ? "rolled-back" : "failed", failure);
    } catch (CloudFailure unrecorded) {
      failure.addSuppressed(unrecorded);
    }
    return failure;
  }

  /** Says that the cloud may go on, where it was asked for something and is out of sight now. */
  static Failure orStillWorking(StackApply apply, ResourceNames names, CloudFailure failure) {
    return apply.working() && lostSight(failure)
        ? StackWait.stillWorking(
            "\"" + names.deployment() + "\"", failure.getMessage() + ".", failure)
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
