package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.Plan;
import dev.slipway.plan.Planner;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Puts back what an earlier revision deployed: applies its template again, as a new revision, with
 * the same care as a deploy. One instance serves one call at a time.
 */
public final class Rollback {
  private final Collaborators with;
  private final StackApply apply;

  /** Makes a rollback in the collaborators' cloud, which stays the caller's to close. */
  public Rollback(Collaborators with) {
    this.with = with;
    this.apply =
        new StackApply(with.cloud().stacks(), with.pace(), with.onlooker(), with.intervention());
  }

  /**
   * Rolls back.
   *
   * @param manifest says which environment, and how an endpoint is updated and asked
   * @param number of the revision; absent for the newest deployed one before that which runs
   * @return what runs now, as a deploy does
   * @throws UsageFailure if there is no such revision, or none before
   * @throws dev.slipway.failure.Failure as {@link Deployer#deploy}
   */
  public Deployment to(Manifest manifest, OptionalInt number) {
    ResourceNames names = ResourceNames.of(manifest);
    try (Bucket bucket = with.cloud().bucket(store(names))) {
      Seen seen = Seen.look(with, names);
      var revisions = new Revisions(bucket, names.revisionsPrefix());
      List<Revision> history = revisions.history();
      Optional<Revision> running = running(seen, history);
      Revision chosen =
          number.isPresent()
              ? Revisions.numbered(history, number.getAsInt())
              : cutOff(history).orElseGet(() -> before(history, running));
      Optional<String> template = revisions.template(chosen);
      Optional<ServiceGoal> service = service(revisions, chosen);
      if (template.isEmpty() && service.isEmpty()) {
        throw neverMade(chosen);
      }
      if (running.filter(live -> runs(live, template, history, seen, manifest)).isPresent()
          && seen.serviceIsAsWanted(service)) {
        return unchanged(names, bucket, chosen, running.get(), service, seen);
      }
      template.ifPresent(its -> insistOnTheModel(bucket, chosen, its));
      var desk = new ServiceDesk(with, names);
      service.ifPresent(goal -> desk.insistOnParts(bucket, chosen.number(), goal));
      // The store is shared with other environments, and stays as it is.
      var templates = new Templates(seen.storeTemplate().orElse("{}"), template, Optional.empty());
      approve(names, seen, templates, service.flatMap(_ -> desk.move(service, seen)));
      return roll(manifest, names, bucket, chosen, template, service, seen);
    } catch (CloudFailure failure) {
      throw Rollout.orStillWorking(apply, names, failure);
    }
  }

  /** A run that died, or one that failed, has left something to do, whatever the template says. */
  private static boolean runs(
      Revision live,
      Optional<String> template,
      List<Revision> history,
      Seen seen,
      Manifest manifest) {
    return live.state().equals("deployed")
        && Revisions.newest(history).filter(newest -> newest.state().equals("applying")).isEmpty()
        && seen.serves(template, manifest);
  }

  private static OperationFailed neverMade(Revision chosen) {
    return new OperationFailed(
        "revision_never_made",
        "Cannot put back revision " + chosen.number(),
        "it ended before the service was made that it is.",
        "Choose another: `slipway history` lists them.");
  }

  private Deployment unchanged(
      ResourceNames names,
      Bucket bucket,
      Revision chosen,
      Revision live,
      Optional<ServiceGoal> service,
      Seen seen) {
    with.note(
        chosen.number() == live.number()
            ? "Revision " + live.number() + " runs already; nothing was changed."
            : "What revision %d deployed runs already, as revision %d; nothing was changed."
                .formatted(chosen.number(), live.number()));
    // A run that was killed after its last change has left its lock.
    DeploymentLock.sweep(bucket, names.lockKey(), with.presence(), with.pace());
    return new Deployment(
        names.deployment(),
        names.environment(),
        live.number(),
        chosen.templateKey() == null ? names.serviceStack() : names.endpointStack(),
        seen.endpoint().map(Hosting.Endpoint::name).orElse(null),
        bucket.name(),
        false,
        "running",
        "skipped",
        seen.service(service).orElse(null));
  }

  /** Returns the business layer that a revision had; absent where it had none on ECS. */
  private static Optional<ServiceGoal> service(Revisions revisions, Revision chosen) {
    return Optional.ofNullable(chosen.service())
        .flatMap(
            had ->
                revisions
                    .serviceTemplate(chosen.number())
                    .map(template -> ServiceGoal.of(template, had.parameters())));
  }

  private Deployment roll(
      Manifest manifest,
      ResourceNames names,
      Bucket bucket,
      Revision chosen,
      Optional<String> template,
      Optional<ServiceGoal> service,
      Seen seen) {
    String owner = with.cloud().account().identity().arn();
    try (DeploymentLock lock =
            DeploymentLock.acquire(bucket, names.lockKey(), owner, with.presence(), with.pace());
        var _ = with.heartbeat().every(DeploymentLock.RENEWAL, lock::renew)) {
      var goal =
          new Rollout.Goal(
              manifest,
              template.map(
                  its ->
                      new Rollout.Hosted(its, Objects.requireNonNullElse(chosen.instance(), ""))),
              chosen.source(),
              chosen.commit(),
              Optional.of(chosen.number()),
              service,
              seen.basis());
      var book = new RevisionBook(bucket, names, with, owner);
      return new Rollout(with, names, apply, book, AnswerGate.none(), lock).run(goal, bucket);
    }
  }

  private void approve(
      ResourceNames names, Seen seen, Templates templates, Optional<Planner.Move> service) {
    Plan plan =
        new PlanDraft(with, names, seen).of(templates, Optional.empty(), service, List.of());
    if (!with.intervention().approves(plan)) {
      throw new Interrupted(
          "Nothing was changed",
          "the plan was not approved.",
          "`slipway history` lists the revisions.");
    }
  }

  /** Returns the bucket's name. */
  private String store(ResourceNames names) {
    return with.cloud()
        .stacks()
        .find(names.storeStack())
        .map(StackOutputs::new)
        .flatMap(StackOutputs::bucket)
        .orElseThrow(
            () ->
                new UsageFailure(
                    "Nothing can be put back",
                    "\"" + names.deployment() + "\" was never deployed in this region.",
                    "Deploy it: `slipway deploy`."));
  }

  /** What runs is the revision that the stack is tagged with; else the newest deployed one. */
  private static Optional<Revision> running(Seen seen, List<Revision> history) {
    OptionalInt tag = seen.revision();
    return history.stream()
        .filter(revision -> tag.equals(OptionalInt.of(revision.number())))
        .findFirst()
        .or(() -> newestDeployed(history));
  }

  private static Optional<Revision> newestDeployed(List<Revision> history) {
    return history.stream()
        .filter(revision -> revision.state().equals("deployed"))
        .max(Comparator.comparingInt(Revision::number));
  }

  /** Returns what a rollback that died was about to put back. */
  private static Optional<Revision> cutOff(List<Revision> history) {
    return Revisions.newest(history)
        .filter(newest -> newest.state().equals("applying"))
        .map(Revision::rollbackOf)
        .map(number -> Revisions.numbered(history, number));
  }

  private static Revision before(List<Revision> history, Optional<Revision> running) {
    int current = running.map(Revision::number).orElse(Integer.MAX_VALUE);
    // What is itself a rollback stands for the revision that it put back: the step goes before it.
    int since =
        running
            .map(Revision::rollbackOf)
            .filter(Objects::nonNull)
            .map(number -> Math.min(number, current))
            .orElse(current);
    return history.stream()
        .filter(revision -> revision.state().equals("deployed") && revision.number() < since)
        .max(Comparator.comparingInt(Revision::number))
        .orElseThrow(
            () ->
                new UsageFailure(
                    "Nothing can be put back",
                    running
                        .map(
                            live ->
                                "no revision was deployed before %d, which runs."
                                    .formatted(live.number()))
                        .orElse("no revision was ever deployed in this environment."),
                    "`slipway history` lists the revisions; a changed manifest needs"
                        + " `slipway deploy`."));
  }

  /** A template whose model was deleted would fail an hour later, in the container. */
  private static void insistOnTheModel(Bucket bucket, Revision chosen, String template) {
    String prefix = ModelPlace.in(template).orElse("");
    if (!prefix.isEmpty() && bucket.list(prefix).isEmpty()) {
      throw new OperationFailed(
          "model_gone",
          "Cannot put back revision " + chosen.number(),
          "its model " + chosen.source() + " at " + chosen.commit() + " is no longer mirrored.",
          "Deploy the manifest as it was then; that mirrors the model again.");
    }
  }
}
