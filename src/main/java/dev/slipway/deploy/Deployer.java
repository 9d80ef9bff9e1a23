package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.model.Snapshot;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.model.mirror.MirrorManifest;
import dev.slipway.plan.AnsweringModel;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Change;
import dev.slipway.plan.Design;
import dev.slipway.plan.Finding;
import dev.slipway.plan.ModelKeys;
import dev.slipway.plan.Plan;
import dev.slipway.plan.Planner;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Deploys a manifest: {@link #deploy} is the walk. One instance serves one call at a time.
 *
 * <p>Any run that ends early, killed or not, is gone on with by the next one.
 */
public final class Deployer {
  private static final Duration STORE_PATIENCE = Duration.ofMinutes(30);

  private final Collaborators with;
  private final StackApply apply;
  private final AnswerGate gate;

  /** Makes a deployer for the collaborators' cloud, which stays the caller's to close. */
  public Deployer(Collaborators with) {
    this(with, AnswerGate.none());
  }

  /**
   * Makes a deployer for the collaborators' cloud, which stays the caller's to close.
   *
   * @param gate judges the answers of what was deployed
   */
  public Deployer(Collaborators with, AnswerGate gate) {
    this.with = with;
    this.gate = gate;
    this.apply =
        new StackApply(with.cloud().stacks(), with.pace(), with.onlooker(), with.intervention());
  }

  /**
   * What a plan is made of.
   *
   * @param snapshot what of the answering model goes to the store, or beside the service
   * @param lock pins that, and may have fewer files than the lock's file
   * @param seen the deployment as it is
   * @param service the business layer on ECS; absent where it runs elsewhere
   */
  private record Prepared(
      Manifest manifest,
      ResourceNames names,
      Snapshot snapshot,
      Lock lock,
      Blueprint blueprint,
      Templates templates,
      Seen seen,
      Optional<ServiceGoal> service,
      Plan plan) {}

  /**
   * Returns what a deploy would do, as CloudFormation sees it, with the findings of its checks;
   * changes nothing in the cloud.
   *
   * @param lockFile pins the model, and is written where it doesn't yet
   */
  public Plan plan(Manifest manifest, Path lockFile) {
    Prepared prepared = prepare(manifest, lockFile);
    var preview = new ChangePreview(with);
    Seen seen = prepared.seen();
    Plan endpoint =
        seen.endpointMove(prepared.names(), prepared.templates().endpoint())
            .map(move -> preview.correct(prepared.plan(), seen.endpointStack(), move))
            .orElse(prepared.plan());
    Plan plan =
        new ServiceDesk(with, prepared.names())
            .preview(prepared.service(), seen)
            .map(move -> preview.correct(endpoint, seen.serviceStack(), move))
            .orElse(endpoint);
    return plan.withFindings(check(prepared));
  }

  /**
   * Deploys.
   *
   * @param lockFile pins the model, and is written where it doesn't yet
   * @return what runs now
   * @throws Refused if a check, or what is found, forbids it; nothing was changed
   * @throws Interrupted if the user stopped it before the cloud began to change what runs
   * @throws dev.slipway.failure.LockHeld if another run works on the environment
   * @throws dev.slipway.failure.RolledBack if the change was undone
   * @throws dev.slipway.failure.StillWorking if the cloud goes on with it unwatched
   * @throws dev.slipway.failure.GateFailed if what was deployed doesn't answer, or not well enough
   * @throws CloudFailure if the cloud fails before anything was begun in it, or refuses something
   * @throws OperationFailed if the change failed and could not be undone
   */
  public Deployment deploy(Manifest manifest, Path lockFile) {
    Prepared prepared = stoppable(() -> prepare(manifest, lockFile));
    if (prepared.seen().isAsWanted(prepared.templates(), manifest, prepared.service())) {
      return unchanged(prepared);
    }
    Prepared approved = approve(prepared);
    try {
      String owner = with.cloud().account().identity().arn();
      try (Bucket bucket = with.cloud().bucket(store(approved));
          DeploymentLock lock = lock(approved, bucket, owner);
          var _ = with.heartbeat().every(DeploymentLock.RENEWAL, lock::renew)) {
        return stoppable(
            () -> {
              mirror(approved, bucket);
              return rollOut(approved, bucket, lock, owner);
            });
      }
    } catch (Interrupted early) {
      throw stopped(early);
    } catch (CloudFailure failure) {
      throw Rollout.orStillWorking(apply, prepared.names(), failure);
    }
  }

  private Prepared prepare(Manifest manifest, Path lockFile) {
    Design.insistOnSomething(manifest);
    with.step("resolving the model");
    AnsweringModel model = AnsweringModel.of(manifest);
    Snapshot snapshot = model.taken(resolve(manifest, model, lockFile));
    Lock lock = Lock.of(model.spec(), snapshot);
    String region = with.cloud().region();
    with.step("planning");
    ResourceNames names = ResourceNames.of(manifest);
    // Before the templates, which take seconds to make: credentials that don't work end it at once.
    Seen seen = Seen.look(with, names);
    Templates templates = with.synthesizer().synthesize(manifest, lock, region);
    Blueprint blueprint = Design.of(manifest, lock, region);
    var desk = new ServiceDesk(with, names);
    Optional<ServiceGoal> service = desk.goal(manifest, templates, seen);
    Plan plan =
        new PlanDraft(with, names, seen)
            .of(
                templates,
                objects(lock, blueprint, seen),
                desk.move(service, seen),
                desk.objects(manifest, service, seen));
    stopIfAsked();
    return new Prepared(manifest, names, snapshot, lock, blueprint, templates, seen, service, plan);
  }

  private Optional<Change> objects(Lock lock, Blueprint blueprint, Seen seen) {
    return blueprint
        .endpoint()
        .filter(_ -> seen.bucket().filter(name -> holds(name, lock)).isEmpty())
        .map(endpoint -> Planner.mirrored(endpoint.model(), lock.files().size()));
  }

  /** The mirror's manifest, which is written last, is what vouches for a copy. */
  private boolean holds(String name, Lock lock) {
    try (Bucket bucket = with.cloud().bucket(name)) {
      return bucket.head(MirrorManifest.key(ModelKeys.prefix(lock))).isPresent();
    }
  }

  private Snapshot resolve(Manifest manifest, AnsweringModel model, Path lockFile) {
    Path file = model.lock(lockFile);
    Optional<String> pinned =
        Lock.read(file)
            .filter(lock -> lock.isFor(model.spec()))
            .flatMap(lock -> lock.pinned(model.spec()));
    Snapshot snapshot = with.models().resolve(model.spec(), manifest.folder(), pinned);
    Lock.pin(file, model.spec(), snapshot);
    return snapshot;
  }

  private List<Finding> check(Prepared prepared) {
    with.step("checking");
    List<Finding> findings = new ArrayList<>(prepared.plan().findings());
    findings.addAll(
        prepared
            .seen()
            .strangers(
                prepared.names(),
                prepared
                    .blueprint()
                    .endpoint()
                    .flatMap(_ -> with.cloud().hosting().endpoint(prepared.names().endpoint()))));
    findings.addAll(with.preflight().check(prepared.manifest(), prepared.lock(), with.cloud()));
    return findings;
  }

  private Deployment unchanged(Prepared prepared) {
    with.note("Nothing changed: what runs is what the manifest asks for.");
    Seen seen = prepared.seen();
    seen.bucket().ifPresent(name -> sweepLock(prepared, name));
    return new Deployment(
        prepared.names().deployment(),
        prepared.names().environment(),
        seen.newest().map(Revision::number).orElse(0),
        prepared.blueprint().endpoint().isPresent()
            ? prepared.names().endpointStack()
            : prepared.names().serviceStack(),
        seen.endpoint().map(Hosting.Endpoint::name).orElse(null),
        seen.bucket().orElse(""),
        false,
        "running",
        "skipped",
        seen.service(prepared.service()).orElse(null));
  }

  /** A run that was killed after its last change has left its lock. */
  private void sweepLock(Prepared prepared, String name) {
    try (Bucket bucket = with.cloud().bucket(name)) {
      DeploymentLock.sweep(bucket, prepared.names().lockKey(), with.presence(), with.pace());
    }
  }

  private Prepared approve(Prepared prepared) {
    List<Finding> findings = stoppable(() -> check(prepared));
    List<Finding> refusals =
        findings.stream().filter(finding -> finding.severity() == Finding.Severity.REFUSE).toList();
    if (!refusals.isEmpty()) {
      throw refused(prepared, refusals);
    }
    findings.stream()
        .filter(finding -> finding.severity() == Finding.Severity.WARN)
        .forEach(
            finding ->
                with.warn(
                    finding.what()
                        + (finding.why().isEmpty() ? "" : ": " + finding.why())
                        + " "
                        + finding.next()));
    if (!with.intervention().approves(prepared.plan().withFindings(findings))) {
      throw new Interrupted(
          "Nothing was changed",
          "the plan was not approved.",
          "Deploy again when the plan is right.");
    }
    stopIfAsked();
    return prepared;
  }

  private static Refused refused(Prepared prepared, List<Finding> refusals) {
    Finding first = refusals.getFirst();
    String what = "Cannot deploy \"" + prepared.names().deployment() + "\"";
    if (refusals.size() == 1) {
      String why = first.what() + (first.why().isEmpty() ? "" : ": " + first.why());
      return new Refused(first.code(), what, why, first.next());
    }
    return new Refused(
        first.code(),
        what,
        refusals.stream()
            .map(
                finding ->
                    finding.what()
                        + (finding.why().isEmpty() ? "" : ": " + finding.why())
                        + " "
                        + finding.next())
            .collect(Collectors.joining("\n")),
        "Mend each line above.");
  }

  /** Brings the store's stack to its template, and returns its bucket's name. */
  private String store(Prepared prepared) {
    with.step("preparing the store");
    ResourceNames names = prepared.names();
    String template = prepared.templates().store();
    apply.apply(
        new StackApply.Wanted(
            names.storeStack(),
            "store",
            template,
            new Stacks.Template.Body(template),
            Map.of(),
            Map.of(ResourceNames.DEPLOYMENT_TAG, names.deployment()),
            Set.of(ResourceNames.DEPLOYMENT_TAG),
            with.pace().now().plus(STORE_PATIENCE)),
        StackWatch.of(names.storeStack()));
    stopIfAsked();
    return new Looking(with.pace())
        .at(() -> with.cloud().stacks().find(names.storeStack()))
        .map(StackOutputs::new)
        .flatMap(StackOutputs::bucket)
        .orElseThrow(
            () ->
                new OperationFailed(
                    "store_incomplete",
                    "The stack " + names.storeStack() + " names no bucket",
                    "its output " + Templates.BUCKET_OUTPUT + " is missing.",
                    "Look at the stack in the CloudFormation console."));
  }

  private DeploymentLock lock(Prepared prepared, Bucket bucket, String owner) {
    return DeploymentLock.acquire(
        bucket, prepared.names().lockKey(), owner, with.presence(), with.pace());
  }

  /** What answers beside the service is part of its image. */
  private void mirror(Prepared prepared, Bucket bucket) {
    if (prepared.blueprint().endpoint().isEmpty()) {
      return;
    }
    with.step("mirroring the model");
    with.mirror()
        .copy(
            prepared.snapshot(),
            bucket,
            ModelKeys.prefix(prepared.lock()),
            transfer -> with.onlooker().accept(new DeployEvent.Mirrored(transfer)));
    stopIfAsked();
  }

  private Deployment rollOut(Prepared prepared, Bucket bucket, DeploymentLock lock, String owner) {
    var goal =
        new Rollout.Goal(
            prepared.manifest(),
            prepared.blueprint().endpoint().flatMap(endpoint -> hosted(endpoint, prepared)),
            prepared.lock().source(),
            prepared.lock().commit(),
            Optional.empty(),
            prepared.service(),
            prepared.seen().basis());
    var book = new RevisionBook(bucket, prepared.names(), with, owner);
    return new Rollout(with, prepared.names(), apply, book, gate, lock).run(goal, bucket);
  }

  private static Optional<Rollout.Hosted> hosted(Blueprint.Endpoint endpoint, Prepared prepared) {
    String first = endpoint.instances().getFirst();
    return prepared.templates().endpoint().map(template -> new Rollout.Hosted(template, first));
  }

  private static void stopIfAsked() {
    if (Thread.interrupted()) {
      throw stopped(null);
    }
  }

  /**
   * A call that was cut off says itself, but not what that means for the deployment; and the lock
   * can't be released while the thread counts as interrupted.
   */
  private static <T> T stoppable(Supplier<T> step) {
    try {
      return step.get();
    } catch (Interrupted early) {
      throw stopped(early);
    } catch (OperationFailed cutOff) {
      if (closedByInterrupt(cutOff)) {
        throw stopped(cutOff);
      }
      throw cutOff;
    }
  }

  /** A file that is open when the signal comes is closed under whoever reads or writes it. */
  private static boolean closedByInterrupt(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClosedByInterruptException) {
        return true;
      }
    }
    return false;
  }

  private static Interrupted stopped(@Nullable Failure early) {
    Thread.interrupted();
    var stopped =
        new Interrupted(
            "The deploy was stopped before it changed what runs",
            "this process was told to stop.",
            "Deploy again to go on: what was copied is kept.");
    if (early != null) {
      stopped.addSuppressed(early);
    }
    return stopped;
  }
}
