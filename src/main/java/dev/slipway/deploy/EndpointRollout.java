package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.OperationFailed;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.Plan;
import dev.slipway.plan.Planner;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings an environment's endpoint to a template: apply, wait, verify, ask, and tidy up; or takes
 * it away. The caller holds the environment's lock.
 */
final class EndpointRollout {
  /** Download and health check take up to an hour each; what is around them, less. */
  private static final Duration STARTUP = Duration.ofMinutes(150);

  /**
   * An endpoint that was seen to be what its stack says, and to answer.
   *
   * @param model the model's name, absent where the stack doesn't say it
   * @param smoke how it answered, as {@link Deployment#smoke} says it
   */
  record Live(EndpointName endpoint, String config, Optional<String> model, String smoke) {}

  private final Collaborators with;
  private final ResourceNames names;
  private final StackApply apply;
  private final RevisionBook book;
  private final DeploymentLock lock;
  private boolean begun;

  EndpointRollout(
      Collaborators with,
      ResourceNames names,
      StackApply apply,
      RevisionBook book,
      DeploymentLock lock) {
    this.with = with;
    this.names = names;
    this.apply = apply;
    this.book = book;
    this.lock = lock;
  }

  /** Returns whether the cloud may be working on what this, or an earlier run, asked for. */
  boolean working() {
    return begun || apply.working();
  }

  /**
   * Brings it to a template, and asks it.
   *
   * @param tags of the stack
   */
  Live run(
      Manifest manifest,
      String template,
      Rollout.Basis basis,
      Bucket bucket,
      Map<String, String> tags) {
    var watch = new EndpointWatch(with, names, lock::renewIfDue);
    Instant until = until(manifest);
    with.step("applying " + names.endpointStack());
    Optional<String> deployed = settled(template, basis, bucket, tags, until, watch);
    InstanceCounts counts = InstanceCounts.before(with, names, names.endpoint());
    for (Plan.Step step : steps(template, deployed)) {
      lock.insist();
      begun = true;
      apply.apply(wanted(step, bucket, tags, until), watch);
    }
    with.step("verifying the endpoint");
    Verification.Live seen = new Verification(with, names).see(stack(), watch, until);
    counts.restore(seen.endpoint(), manifest.endpoint().scaling());
    with.step("asking the endpoint");
    var test =
        new SmokeTest(
            with,
            names,
            manifest.endpoint(),
            book.history().stream().noneMatch(earlier -> earlier.state().equals("deployed")));
    SmokeTest.Result result =
        test.ask(new SmokeTest.Target(seen.endpoint(), names.component()), bucket);
    return new Live(
        seen.endpoint(),
        seen.config(),
        seen.model(),
        result == SmokeTest.Result.PASSED ? "passed" : "warned");
  }

  /** Deletes what updates have left behind of an endpoint that runs as it should. */
  void tidy(Live live) {
    new Leftovers(with, names).clean(live.config(), live.model(), book.history());
  }

  /** Makes sure that the plan still says what will happen to an endpoint that is not wanted. */
  void insist(Rollout.Basis basis) {
    lock.insist();
    insist(
        basis,
        with.cloud()
            .stacks()
            .find(names.endpointStack())
            .flatMap(found -> Seen.template(with, found)));
  }

  /**
   * Takes the endpoint away, with all that updates have left of it.
   *
   * @param tags of the stack
   */
  void remove(Manifest manifest, Map<String, String> tags) {
    List<Revision> history = book.history();
    if (with.cloud().stacks().find(names.endpointStack()).isPresent()) {
      with.step("removing " + names.endpointStack());
      lock.insist();
      begun = true;
      apply.takeAway(
          new StackApply.Wanted(
              names.endpointStack(),
              "remove",
              "{}",
              new Stacks.Template.Body("{}"),
              Map.of(),
              tags,
              Set.of(ResourceNames.DEPLOYMENT_TAG, ResourceNames.ENVIRONMENT_TAG),
              until(manifest)),
          new EndpointWatch(with, names, lock::renewIfDue));
    }
    if (history.stream().anyMatch(earlier -> earlier.templateKey() != null)) {
      new Leftovers(with, names).cleanAll(history);
    }
  }

  private Instant until(Manifest manifest) {
    return with.pace().now().plus(STARTUP).plus(manifest.endpoint().update().timeout());
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
      String template,
      Rollout.Basis basis,
      Bucket bucket,
      Map<String, String> tags,
      Instant until,
      EndpointWatch watch) {
    lock.insist();
    Plan.Step whole = new Plan.Step(names.endpointStack(), "update", template);
    Optional<String> deployed =
        apply
            .settle(described(whole, bucket, tags, until), watch)
            .filter(stack -> NextStep.of(stack.status()) != NextStep.CREATE)
            .map(stack -> with.cloud().stacks().template(stack.name()));
    insist(basis, deployed);
    return deployed;
  }

  private void insist(Rollout.Basis basis, Optional<String> deployed) {
    boolean same =
        deployed.isPresent() == basis.template().isPresent()
            && (deployed.isEmpty()
                || Fingerprint.same(deployed.get(), basis.template().orElse("")));
    if (basis.settled() && !same) {
      throw new OperationFailed(
          "plan_outdated",
          "The plan no longer holds",
          "another run changed " + names.endpointStack() + " after it was made.",
          "Deploy again to see what is left to do.",
          true,
          null);
    }
  }

  private List<Plan.Step> steps(String template, Optional<String> deployed) {
    Map<String, String> parameters = Map.of();
    List<Plan.Step> steps =
        new ArrayList<>(
            Planner.steps(
                deployed.map(now -> new Planner.Deployed(now, parameters)),
                new Planner.Wanted(names.endpointStack(), template, parameters)));
    if (steps.isEmpty() || !Fingerprint.same(steps.getLast().template(), template)) {
      // What is there may be as wanted and yet not complete: the apply sees that.
      steps.add(new Plan.Step(names.endpointStack(), "update", template));
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
        bytes.length <= Rollout.MOST_INLINE
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
}
